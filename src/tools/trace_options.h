/* What `tandem trace` is asked for. */
#ifndef TANDEM_TOOLS_TRACE_OPTIONS_H
#define TANDEM_TOOLS_TRACE_OPTIONS_H

#include "capture/filter.h"
#include "host/listen.h"
#include "tools/parse_options.h"
#include "trace/filter.h"

enum trace_form {
    TRACE_FORM_LIST,
    TRACE_FORM_TEXT,
    TRACE_FORM_ASCII,
    TRACE_FORM_EXPLAIN,
    TRACE_FORM_STREAMS,
    TRACE_FORM_LINT
};

enum trace_from { TRACE_FROM_FILES, TRACE_FROM_SERVER, TRACE_FROM_INTERFACE, TRACE_FROM_AGENTS };

struct trace_options {
    bool help, json;
    bool has_screen;      /* asked for */
    bool has_form;        /* `form` was asked for */
    enum trace_form form; /* of standard output; a list where no call is named, else text */
    struct str call;      /* a Call-ID; empty: all that fit the filter */
    struct trace_filter filter;
    struct parse_options lint;     /* with TRACE_FORM_LINT: what is told, and how */
    const char *svg, *html, *pcap; /* files to write; NULL: none */
    struct addr hep;               /* where packets are sent; no family: nowhere */
    const char *key_log;
    const char *socket, *data; /* where a server's control socket is; NULL: not said */
    enum trace_from from;
    const char *interface;         /* of TRACE_FROM_INTERFACE */
    struct listen_at agents;       /* of TRACE_FROM_AGENTS: where they send to */
    struct capture_filter packets; /* which are looked at */
    bool follow;                   /* a line a message, as it comes */
    bool call_or_file;             /* `call` was a word that is no file's name */
    char **files;
    int n_files;
};

/* 0, or the exit status once the fault was told. */
int trace_options_read(struct trace_options *, int argc, char **argv);

/* It goes on until it is told to end. */
bool trace_options_are_live(const struct trace_options *);

/* For anything but the calls on a screen. */
bool trace_options_ask_for_more(const struct trace_options *);

#endif
