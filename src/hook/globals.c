/* Owns the functions that scripts have without any table: those of Lua that can do no harm. What
 * shows addresses, catches errors, changes what values are, or runs text as code is not there. */
#include "hook/state.h"

static int type_name(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushstring(L, luaL_typename(L, 1));
    return 1;
}

static int to_string(lua_State *L)
{
    switch (lua_type(L, 1)) {
    case LUA_TBOOLEAN:
        lua_pushstring(L, lua_toboolean(L, 1) ? "true" : "false");
        break;
    case LUA_TNUMBER:
    case LUA_TSTRING:
        lua_settop(L, 1);
        (void)lua_tostring(L, 1);
        break;
    default:
        luaL_checkany(L, 1);
        lua_pushstring(L, luaL_typename(L, 1));
    }
    return 1;
}

static int to_number(lua_State *L)
{
    size_t len;
    const char *text;

    luaL_checkany(L, 1);
    if (lua_type(L, 1) == LUA_TNUMBER) {
        lua_settop(L, 1);
        return 1;
    }
    text = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &len) : NULL;
    if (text && len < 64 && lua_stringtonumber(L, text) == len + 1)
        return 1;
    lua_pushnil(L);
    return 1;
}

static int raise_error(lua_State *L)
{
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, 1);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int assert_true(lua_State *L)
{
    luaL_checkany(L, 1);
    if (lua_toboolean(L, 1))
        return lua_gettop(L);
    return luaL_error(L, "%s", luaL_optstring(L, 2, "assertion failed"));
}

/* --- iteration --- */

static int next_of_list(lua_State *L)
{
    lua_Integer i = luaL_checkinteger(L, 2) + 1;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushinteger(L, i);
    return lua_rawgeti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

static int pairs_of_list(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushcfunction(L, next_of_list);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

/* Where it stands is its own matter, so that a walk ends, however empty the table is. */
static int next_of_table(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(2));
    if (!lua_next(L, lua_upvalueindex(1)))
        return 0;
    lua_pushvalue(L, -2);
    lua_replace(L, lua_upvalueindex(2));
    return 2;
}

static int pairs_of_table(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    hook_charge_walk(L);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    lua_pushcclosure(L, next_of_table, 2);
    return 1;
}

void hook_put_globals(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"type", type_name},       {"tostring", to_string},
        {"tonumber", to_number},   {"error", raise_error},
        {"assert", assert_true},   {"ipairs", pairs_of_list},
        {"pairs", pairs_of_table}, {NULL, NULL},
    };

    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
