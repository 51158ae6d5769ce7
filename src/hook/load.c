/* Owns the making of a state: nothing in it but what scripts may have, then the scripts. */
#include "hook/state.h"

#include <stdio.h>

/* --- globals: set while scripts load, read-only then, so that no call leaves a trace --- */

static int set_global(lua_State *L)
{
    if (!hook_of(L)->loading)
        return luaL_error(L, "a global cannot be set in a call: say local %s",
                          lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
    lua_rawset(L, lua_upvalueindex(1));
    return 0;
}

/* What scripts have as their globals: empty itself, with those behind it. */
static void put_face(lua_State *L)
{
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, LUA_REGISTRYINDEX);
    lua_rawgeti(L, -1, LUA_RIDX_GLOBALS);
    lua_remove(L, -2);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__index");
    lua_pushcclosure(L, set_global, 1);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
}

/* s:sub(1, 2) */
static void give_strings_methods(lua_State *L)
{
    lua_pushliteral(L, "");
    lua_createtable(L, 0, 1);
    hook_put_string(L);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}

static void furnish(lua_State *L)
{
    struct hook *h = hook_of(L);

    hook_put_globals(L);
    hook_put_string(L);
    lua_setglobal(L, "string");
    hook_put_table(L);
    lua_setglobal(L, "table");
    hook_put_math(L);
    lua_setglobal(L, "math");
    give_strings_methods(L);
    hook_put_request(L);
    h->request = luaL_ref(L, LUA_REGISTRYINDEX);
}

/* --- scripts --- */

struct reading {
    struct str text;
    bool done;
};

static const char *read_once(lua_State *L, void *arg, size_t *len)
{
    struct reading *r = arg;

    (void)L;
    *len = r->done ? 0 : r->text.len;
    r->done = true;
    return *len > 0 ? r->text.at : NULL;
}

/* Text alone: precompiled code is not checked by Lua. */
static void run_script(lua_State *L, const struct config_script *s)
{
    struct reading r = {.text = s->text};

    lua_pushfstring(L, "@%s", s->name.at);
    if (lua_load(L, read_once, &r, lua_tostring(L, -1), "t") != LUA_OK)
        lua_error(L);
    lua_remove(L, -2);
    put_face(L);
    if (!lua_setupvalue(L, -2, 1))
        lua_pop(L, 1);
    lua_call(L, 0, 0);
}

/* All of it, protected. The number of the script that is read stands in *lua_touserdata(1). */
static int load_all(lua_State *L)
{
    struct hook *h = hook_of(L);
    unsigned *at = lua_touserdata(L, 1);

    furnish(L);
    for (*at = 0; *at < h->texts.n; ++*at)
        run_script(L, &h->texts.list[*at]);
    hook_bind(h);
    lua_gc(L, LUA_GCCOLLECT, 0);
    return 0;
}

void hook_bind(struct hook *h)
{
    lua_State *L = h->lua;

    for (unsigned i = 0; i < h->n_functions; i++) {
        if (h->functions[i].ref != LUA_NOREF)
            continue;
        lua_getglobal(L, h->functions[i].name.at);
        if (lua_isfunction(L, -1))
            h->functions[i].ref = luaL_ref(L, LUA_REGISTRYINDEX);
        else
            lua_pop(L, 1);
    }
}

/* --- what went wrong --- */

/* "NAME:LINE: WHAT" is told in parts. */
static struct str without_place(struct str text, unsigned *line)
{
    uint64_t n;

    for (size_t i = 0; i < text.len; i++) {
        struct str rest = str_slice(text, i + 1, text.len);
        size_t end = str_find(rest, ':');

        if (text.at[i] != ':' || end == rest.len ||
            !str_to_u64(str_slice(rest, 0, end), UINT32_MAX, &n))
            continue;
        *line = (unsigned)n;
        return str_trim(str_slice(rest, end + 1, rest.len));
    }
    return text;
}

static void fill(struct hook_fault *fault, lua_State *L, unsigned script)
{
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;

    if (!fault)
        return;
    *fault = (struct hook_fault){.script = script};
    struct str what =
        without_place(str_from(text ? text : "it raised what is no text"), &fault->line);
    for (size_t i = 0; i < what.len && i < sizeof fault->what - 1; i++)
        fault->what[i] = what.at[i] >= ' ' && what.at[i] < 0x7f ? what.at[i] : ' ';
}

bool hook_load(struct hook *h, struct hook_fault *fault)
{
    unsigned at = 0;

    heap_clear(&h->heap);
    h->left = LIMIT_HOOK_LOAD_INSTRUCTIONS;
    h->lua = lua_newstate(hook_alloc, h);
    if (!h->lua) {
        if (fault)
            *fault = (struct hook_fault){.what = "lua.memory is too little for any script"};
        return false;
    }
    *(struct hook **)lua_getextraspace(h->lua) = h;
    for (unsigned i = 0; i < h->n_functions; i++)
        h->functions[i].ref = LUA_NOREF;
    hook_begin_count(h, LIMIT_HOOK_LOAD_INSTRUCTIONS);
    h->loading = true;
    lua_pushcfunction(h->lua, load_all);
    lua_pushlightuserdata(h->lua, &at);
    int rc = lua_pcall(h->lua, 1, 0, 0);
    h->loading = false;
    if (rc != LUA_OK) {
        fill(fault, h->lua, at < h->texts.n ? at : 0);
        h->lua = NULL; /* it has nothing outside of its region */
    }
    return rc == LUA_OK;
}
