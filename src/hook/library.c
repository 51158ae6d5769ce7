/* Owns the tables `string`, `table` and `math` that scripts have. What searches by patterns, or
 * sorts, takes a time that nobody counts: it is not there. Everything else pays for what it moves.
 */
#include "hook/state.h"

#include <math.h>

#include "base/attr.h"

static struct str check_text(lua_State *L, int at)
{
    size_t len;
    const char *text = luaL_checklstring(L, at, &len);

    return (struct str){text, len};
}

/* Counted from 1, and from the end where negative; 0 to len. */
static size_t place_of(lua_Integer i, size_t len)
{
    if (i >= 0)
        return (lua_Unsigned)i > len ? len : (size_t)i;
    return (lua_Unsigned)-i > len ? 0 : len - (size_t)-i + 1;
}

/* --- string --- */

static int text_len(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)check_text(L, 1).len);
    return 1;
}

static int text_sub(lua_State *L)
{
    struct str s = check_text(L, 1);
    lua_Integer i = luaL_checkinteger(L, 2), j = luaL_optinteger(L, 3, -1);
    size_t from = place_of(i, s.len), to = place_of(j, s.len);

    if (from == 0)
        from = 1;
    if (i > (lua_Integer)s.len || to < from)
        lua_pushliteral(L, "");
    else
        lua_pushlstring(L, s.at + from - 1, to - from + 1);
    return 1;
}

static int put_in_case(lua_State *L, char first, char last)
{
    struct str s = check_text(L, 1);
    luaL_Buffer b;
    char *to = luaL_buffinitsize(L, &b, s.len);

    hook_charge(L, s.len);
    for (size_t i = 0; i < s.len; i++)
        to[i] = s.at[i] >= first && s.at[i] <= last ? (char)(s.at[i] ^ 0x20) : s.at[i];
    luaL_pushresultsize(&b, s.len);
    return 1;
}

static int text_lower(lua_State *L)
{
    return put_in_case(L, 'A', 'Z');
}

static int text_upper(lua_State *L)
{
    return put_in_case(L, 'a', 'z');
}

static int text_byte(lua_State *L)
{
    struct str s = check_text(L, 1);
    lua_Integer i = luaL_optinteger(L, 2, 1);
    size_t at = place_of(i, s.len);

    if (at == 0 || i > (lua_Integer)s.len)
        return 0;
    lua_pushinteger(L, (unsigned char)s.at[at - 1]);
    return 1;
}

static int text_char(lua_State *L)
{
    int n = lua_gettop(L);
    luaL_Buffer b;
    char *to = luaL_buffinitsize(L, &b, (size_t)n);

    for (int i = 0; i < n; i++) {
        lua_Integer c = luaL_checkinteger(L, i + 1);

        luaL_argcheck(L, c >= 0 && c < 256, i + 1, "no byte");
        to[i] = (char)c;
    }
    luaL_pushresultsize(&b, (size_t)n);
    return 1;
}

static int text_rep(lua_State *L)
{
    struct str s = check_text(L, 1);
    lua_Integer n = luaL_checkinteger(L, 2);
    luaL_Buffer b;

    if (n <= 0 || s.len == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    luaL_argcheck(L, (lua_Unsigned)n <= LIMIT_HOOK_STRING / s.len, 2, "the text becomes too long");
    hook_charge(L, s.len * (size_t)n);
    char *to = luaL_buffinitsize(L, &b, s.len * (size_t)n);
    for (lua_Integer i = 0; i < n; i++)
        memcpy(to + (size_t)i * s.len, s.at, s.len);
    luaL_pushresultsize(&b, s.len * (size_t)n);
    return 1;
}

/* Plain text, whatever characters it has. */
static int text_find(lua_State *L)
{
    struct str s = check_text(L, 1), what = check_text(L, 2);
    lua_Integer init = luaL_optinteger(L, 3, 1);
    size_t from = place_of(init, s.len);

    hook_charge(L, s.len * 2 + what.len * 2);
    if (from > 0)
        from--;
    const char *at =
        init > (lua_Integer)s.len + 1 ? NULL : memmem(s.at + from, s.len - from, what.at, what.len);
    if (!at) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, at - s.at + 1);
    lua_pushinteger(L, at - s.at + (lua_Integer)what.len);
    return 2;
}

void hook_put_string(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"len", text_len},     {"sub", text_sub},   {"lower", text_lower},
        {"upper", text_upper}, {"byte", text_byte}, {"char", text_char},
        {"rep", text_rep},     {"find", text_find}, {NULL, NULL},
    };

    luaL_newlib(L, functions);
}

/* --- table --- */

static lua_Integer check_list(lua_State *L, lua_Integer most)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 1), at = luaL_optinteger(L, 2, n);

    luaL_argcheck(L, at >= 1 && at <= n + most, 2, "out of bounds");
    hook_charge(L, (size_t)(n - at + 1) * 8);
    return n;
}

/* table.insert(list, [at,] value) */
static int list_insert(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (lua_gettop(L) == 2) {
        lua_rawseti(L, 1, (lua_Integer)lua_rawlen(L, 1) + 1);
        return 0;
    }
    luaL_argcheck(L, lua_gettop(L) == 3, 4, "expected a list, a place and a value");
    lua_Integer n = check_list(L, 1), at = luaL_checkinteger(L, 2);
    for (lua_Integer i = n; i >= at; i--) {
        lua_rawgeti(L, 1, i);
        lua_rawseti(L, 1, i + 1);
    }
    lua_rawseti(L, 1, at);
    return 0;
}

static int list_remove_at(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (lua_rawlen(L, 1) == 0)
        return 0;
    lua_Integer n = check_list(L, 0), at = luaL_optinteger(L, 2, n);
    lua_rawgeti(L, 1, at);
    for (lua_Integer i = at; i < n; i++) {
        lua_rawgeti(L, 1, i + 1);
        lua_rawseti(L, 1, i);
    }
    lua_pushnil(L);
    lua_rawseti(L, 1, n);
    return 1;
}

static int list_concat(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    struct str between = {luaL_optstring(L, 2, ""), 0};
    lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
    luaL_Buffer b;

    between = str_from(between.at);
    luaL_buffinit(L, &b);
    for (lua_Integer i = 1; i <= n; i++) {
        hook_charge(L, 64 + between.len);
        if (i > 1)
            luaL_addlstring(&b, between.at, between.len);
        int type = lua_rawgeti(L, 1, i);
        if (type != LUA_TSTRING && type != LUA_TNUMBER)
            luaL_error(L, "the list has at %I what is no text", (LUAI_UACINT)i);
        luaL_addvalue(&b);
    }
    luaL_pushresult(&b);
    return 1;
}

void hook_put_table(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"insert", list_insert}, {"remove", list_remove_at}, {"concat", list_concat}, {NULL, NULL}};

    luaL_newlib(L, functions);
}

/* --- math --- */

static int number_floor(lua_State *L)
{
    lua_Number f;
    lua_Integer n;

    if (lua_isinteger(L, 1)) {
        lua_settop(L, 1);
        return 1;
    }
    f = floor(luaL_checknumber(L, 1));
    if (lua_numbertointeger(f, &n))
        lua_pushinteger(L, n);
    else
        lua_pushnumber(L, f);
    return 1;
}

static int pick(lua_State *L, int than, int over)
{
    int best = 1;

    luaL_checknumber(L, 1);
    for (int i = 2; i <= lua_gettop(L); i++) {
        luaL_checknumber(L, i);
        if (lua_compare(L, than ? best : i, than ? i : best, over))
            best = i;
    }
    lua_pushvalue(L, best);
    return 1;
}

static int number_min(lua_State *L)
{
    return pick(L, 0, LUA_OPLT);
}

static int number_max(lua_State *L)
{
    return pick(L, 1, LUA_OPLT);
}

void hook_put_math(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"floor", number_floor}, {"min", number_min}, {"max", number_max}, {NULL, NULL}};

    luaL_newlib(L, functions);
}
