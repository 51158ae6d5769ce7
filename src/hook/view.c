/* Owns what scripts see of a request: a value that shows whichever request is asked about, and that
 * nothing can be written to. */
#include "hook/state.h"
#include "msg/print.h"

typedef void field(lua_State *L, const struct hook_view *);

static void put(lua_State *L, struct str s)
{
    if (s.at)
        lua_pushlstring(L, s.at, s.len);
    else
        lua_pushnil(L);
}

static void put_some(lua_State *L, struct str s)
{
    put(L, s.len > 0 ? s : STR_NONE);
}

static void put_addr(lua_State *L, const struct addr *a)
{
    char space[64];
    struct buf b;

    buf_init(&b, space, sizeof space);
    addr_print(&b, a);
    put(L, buf_str(&b));
}

static void put_ip(lua_State *L, const struct hook_view *v)
{
    char space[64];
    struct buf b;

    buf_init(&b, space, sizeof space);
    addr_print_ip(&b, &v->msg->flow.remote);
    put(L, buf_str(&b));
}

static void put_name(lua_State *L, const struct nameaddr *n, char what)
{
    if (!n)
        lua_pushnil(L);
    else
        put(L, what == 'u' ? n->uri.user : what == 'h' ? n->uri.host : n->uri_text);
}

static void method(lua_State *L, const struct hook_view *v)
{
    put(L, v->method);
}
static void uri(lua_State *L, const struct hook_view *v)
{
    put(L, v->uri->text);
}
static void scheme(lua_State *L, const struct hook_view *v)
{
    put(L, v->uri->scheme_name);
}
static void user(lua_State *L, const struct hook_view *v)
{
    put_some(L, v->user);
}
static void number(lua_State *L, const struct hook_view *v)
{
    put_some(L, v->number);
}
static void host(lua_State *L, const struct hook_view *v)
{
    put_some(L, v->uri->host);
}
static void sender(lua_State *L, const struct hook_view *v)
{
    put(L, v->sender);
}
static void account(lua_State *L, const struct hook_view *v)
{
    put_some(L, v->account);
}
static void minute(lua_State *L, const struct hook_view *v)
{
    lua_pushinteger(L, v->minute);
}
static void weekday(lua_State *L, const struct hook_view *v)
{
    lua_pushinteger(L, v->weekday + 1);
}
static void call_id(lua_State *L, const struct hook_view *v)
{
    put(L, msg_call_id(v->msg));
}
static void from(lua_State *L, const struct hook_view *v)
{
    put_name(L, msg_from(v->msg), 't');
}
static void from_user(lua_State *L, const struct hook_view *v)
{
    put_name(L, msg_from(v->msg), 'u');
}
static void from_host(lua_State *L, const struct hook_view *v)
{
    put_name(L, msg_from(v->msg), 'h');
}
static void to(lua_State *L, const struct hook_view *v)
{
    put_name(L, msg_to(v->msg), 't');
}
static void to_user(lua_State *L, const struct hook_view *v)
{
    put_name(L, msg_to(v->msg), 'u');
}
static void to_host(lua_State *L, const struct hook_view *v)
{
    put_name(L, msg_to(v->msg), 'h');
}

static void port(lua_State *L, const struct hook_view *v)
{
    if (v->uri->port > 0)
        lua_pushinteger(L, v->uri->port);
    else
        lua_pushnil(L);
}

static void source_port(lua_State *L, const struct hook_view *v)
{
    lua_pushinteger(L, v->msg->flow.remote.port);
}

static void transport(lua_State *L, const struct hook_view *v)
{
    lua_pushstring(L, transport_name(v->msg->flow.transport));
}

static void listener(lua_State *L, const struct hook_view *v)
{
    if (v->listener)
        put_addr(L, v->listener);
    else
        lua_pushnil(L);
}

/* A longer one is not shown. */
static void body(lua_State *L, const struct hook_view *v)
{
    put(L, v->msg->body.len <= LIMIT_HOOK_STRING ? v->msg->body : STR_NONE);
}

static void body_type(lua_State *L, const struct hook_view *v)
{
    const struct hdr *h = msg_header(v->msg, HDR_CONTENT_TYPE);

    put(L, h ? hdr_value(v->msg, h) : STR_NONE);
}

/* --- what is asked with a name --- */

static const struct hook_view *view_of(lua_State *L)
{
    return hook_of(L)->view;
}

static bool has_name(const struct msg *m, const struct hdr *h, struct str name, enum hdr_id id)
{
    return id != HDR_NONE ? h->id == id
                          : h->id == HDR_NONE && str_equal_nocase(hdr_name(m, h), name);
}

static void put_value(lua_State *L, const struct msg *m, const struct hdr *h)
{
    struct str value = hdr_value(m, h);

    put(L, str_slice(value, 0, LIMIT_HOOK_STRING));
}

static struct str check_name(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 2, &len);

    hook_charge(L, (size_t)view_of(L)->msg->n_headers * 8);
    return (struct str){text, len};
}

/* request:header("Subject"): the first of that name, or nil */
static int header(lua_State *L)
{
    struct str name = check_name(L);
    const struct msg *m = view_of(L)->msg;
    enum hdr_id id = hdr_id_of(name);

    for (unsigned i = 0; i < m->n_headers; i++)
        if (has_name(m, &m->headers[i], name, id)) {
            put_value(L, m, &m->headers[i]);
            return 1;
        }
    lua_pushnil(L);
    return 1;
}

/* request:headers("Via"): all of them, line by line */
static int headers(lua_State *L)
{
    struct str name = check_name(L);
    const struct msg *m = view_of(L)->msg;
    enum hdr_id id = hdr_id_of(name);
    lua_Integer n = 0;

    lua_createtable(L, 0, 0);
    for (unsigned i = 0; i < m->n_headers; i++)
        if (has_name(m, &m->headers[i], name, id)) {
            put_value(L, m, &m->headers[i]);
            lua_rawseti(L, -2, ++n);
        }
    return 1;
}

/* request:param("transport"): of the Request-URI; "" where it has no value */
static int param(lua_State *L)
{
    struct str name = check_name(L), value;

    if (!uri_param(view_of(L)->uri, name, &value))
        put(L, STR_NONE);
    else
        put(L, value.at ? value : STR(""));
    return 1;
}

/* request:tagged("vip"): did a function say so for an earlier rule? */
static int tagged(lua_State *L)
{
    struct str name = check_name(L);
    const struct hook_view *v = view_of(L);
    bool found = false;

    for (unsigned i = 0; i < v->n_tags; i++)
        found |= str_equal(v->tags[i], name);
    lua_pushboolean(L, found);
    return 1;
}

/* --- the value --- */

static const struct {
    struct str name;
    field *put;
    lua_CFunction function;
} fields[] = {
    {STR_INIT("user"), user, NULL},
    {STR_INIT("method"), method, NULL},
    {STR_INIT("number"), number, NULL},
    {STR_INIT("host"), host, NULL},
    {STR_INIT("header"), NULL, header},
    {STR_INIT("headers"), NULL, headers},
    {STR_INIT("source"), put_ip, NULL},
    {STR_INIT("source_port"), source_port, NULL},
    {STR_INIT("transport"), transport, NULL},
    {STR_INIT("listener"), listener, NULL},
    {STR_INIT("sender"), sender, NULL},
    {STR_INIT("account"), account, NULL},
    {STR_INIT("from"), from, NULL},
    {STR_INIT("from_user"), from_user, NULL},
    {STR_INIT("from_host"), from_host, NULL},
    {STR_INIT("to"), to, NULL},
    {STR_INIT("to_user"), to_user, NULL},
    {STR_INIT("to_host"), to_host, NULL},
    {STR_INIT("uri"), uri, NULL},
    {STR_INIT("scheme"), scheme, NULL},
    {STR_INIT("port"), port, NULL},
    {STR_INIT("param"), NULL, param},
    {STR_INIT("tagged"), NULL, tagged},
    {STR_INIT("call_id"), call_id, NULL},
    {STR_INIT("minute"), minute, NULL},
    {STR_INIT("weekday"), weekday, NULL},
    {STR_INIT("body"), body, NULL},
    {STR_INIT("body_type"), body_type, NULL},
};

static int index_request(lua_State *L)
{
    size_t len;
    const char *text = lua_type(L, 2) == LUA_TSTRING ? lua_tolstring(L, 2, &len) : NULL;

    if (!view_of(L))
        return luaL_error(L, "there is no request while the script is loaded");
    for (size_t i = 0; text && i < sizeof fields / sizeof fields[0]; i++) {
        if (!str_equal(fields[i].name, (struct str){text, len}))
            continue;
        if (fields[i].function)
            lua_pushcfunction(L, fields[i].function);
        else
            fields[i].put(L, view_of(L));
        return 1;
    }
    return luaL_error(L, "a request has no \"%s\"", text ? text : luaL_typename(L, 2));
}

static int refuse_write(lua_State *L)
{
    return luaL_error(L, "a request cannot be changed: give back what is to become of it");
}

void hook_put_request(lua_State *L)
{
    (void)lua_newuserdatauv(L, 0, 0);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, index_request);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_write);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
}
