/* The entries of those lists of the configuration that have keys of their own: routing rules, sets
 * of peers. Their keys stand in data/config_entries.def; what texts mean beyond their form is read
 * where they are used. */
#ifndef TANDEM_CONFIG_ENTRIES_H
#define TANDEM_CONFIG_ENTRIES_H

#include <stdbool.h>

#include "base/addr_block.h"
#include "base/str.h"

struct str_list {
    struct str *list;
    unsigned n;
};

struct addr_block_list {
    struct addr_block *list;
    unsigned n;
};

struct config_script {
    struct str name, text;
};

struct config_script_list {
    struct config_script *list;
    unsigned n;
};

/* Functions in Lua that rules call. */
struct config_lua {
    struct str_list scripts; /* files */
    unsigned instructions, memory_kib;
    struct config_script_list texts; /* what stands in them; of who reads files, none until then */
};

/* The first member of every entry. */
struct config_entry {
    unsigned line;   /* of the file, where it begins */
    unsigned *lines; /* of each of its keys, in the table's order; 0: it is not there */
};

enum config_switch { CONFIG_UNSAID, CONFIG_OFF, CONFIG_ON };
enum config_serve {
    CONFIG_SERVE_NO,
    CONFIG_SERVE_REGISTER,
    CONFIG_SERVE_LOOKUP,
    CONFIG_SERVE_DEFAULT
};
enum config_allow { CONFIG_ALLOW_ACCOUNTS, CONFIG_ALLOW_PEERS, CONFIG_ALLOW_ANYONE };
enum config_policy {
    CONFIG_POLICY_RANDOM,
    CONFIG_POLICY_ROUND_ROBIN,
    CONFIG_POLICY_CALL_ID,
    CONFIG_POLICY_USER,
    CONFIG_POLICY_LEAST
};

/* How much is kept of a request that is passed on. */
enum config_mode {
    CONFIG_MODE_UNSAID,
    CONFIG_MODE_TRANSACTION,
    CONFIG_MODE_CALL,
    CONFIG_MODE_STATELESS
};

struct config_route {
    struct config_entry entry;
    struct str name;
    /* conditions: empty ones always hold */
    struct str_list methods, domains, users, user_prefixes, user_patterns, numbers;
    struct addr_block_list sources;
    struct str_list transports, listeners, headers, times, days, senders, callers, tags, rooms;
    /* where it goes: at most one of these */
    struct str reply;
    enum config_serve serve;
    struct str_list forward, redirect;
    struct str lua, on_error;
    /* what is changed */
    unsigned order; /* as proxy.fork */
    unsigned ring_time_s, redirect_status, strip;
    struct str prefix, set_user, set_domain;
    struct str_list remove_headers, add_headers, set_headers;
    enum config_mode mode;
    enum config_switch record_route, join;
    unsigned wait_s;
    enum config_allow allow;
};

enum config_order {
    CONFIG_ORDER_ALL,
    CONFIG_ORDER_IN_ORDER,
    CONFIG_ORDER_IN_TURN,
    CONFIG_ORDER_LONGEST_IDLE
};

struct config_agent {
    struct config_entry entry;
    struct str user;
    unsigned ring_time_s, delay_s;
};

struct config_agent_list {
    struct config_agent *list;
    unsigned n;
};

struct config_group {
    struct config_entry entry;
    struct str name, domain;
    struct str_list numbers;
    struct config_agent_list members;
    enum config_order order;
    unsigned ring_time_s;
    bool login, skip_busy;
    unsigned wrap_up_s, queue, queue_time_s;
    struct str forward;
    unsigned reply; /* 0: none */
};

struct config_group_list {
    struct config_group *list;
    unsigned n;
};

/* What an account may dial. */
struct feature_codes {
    struct str forward[4], forward_off[4]; /* by enum forward_when; empty: there is none */
    struct str forwards_off, login, logout;
};

struct config_member {
    struct config_entry entry;
    struct str uri;
    unsigned weight, priority;
    unsigned calls, rate; /* at once, a second; 0: any number */
};

struct config_route_list {
    struct config_route *list;
    unsigned n;
};

struct config_member_list {
    struct config_member *list;
    unsigned n;
};

struct config_set {
    struct config_entry entry;
    struct str name;
    struct config_member_list members;
    enum config_policy policy;
    unsigned probe_s, down_after, up_after;
    struct str_list alive; /* "200-499"; empty: what peers/ has */
};

struct config_set_list {
    struct config_set *list;
    unsigned n;
};

#endif
