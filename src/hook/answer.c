/* Owns the reading of what a function gave back: a table of texts, numbers, truths, and lists of
 * them, as words. Knows no word's meaning. */
#include "hook/state.h"

static struct str keep(struct buf *b, struct str s)
{
    size_t at = b->len;

    buf_put(b, s);
    return b->over ? STR_NONE : str_slice(buf_str(b), at, s.len);
}

/* On top of the stack. A number that is whole is written so. */
static struct str text_of(lua_State *L, const char *key)
{
    size_t len;
    const char *text = NULL;
    lua_Integer n;
    int whole;

    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        break;
    case LUA_TNUMBER:
        n = lua_tointegerx(L, -1, &whole);
        if (whole) {
            lua_pop(L, 1);
            lua_pushinteger(L, n);
        }
        break;
    case LUA_TBOOLEAN:
        return lua_toboolean(L, -1) ? STR("true") : STR("false");
    default:
        luaL_error(L, "%s: expected a text, a number, true or false, or a list of those, not a %s",
                   key, luaL_typename(L, -1));
    }
    text = lua_tolstring(L, -1, &len);
    return (struct str){text, len};
}

static void add(lua_State *L, struct str key, const char *key_text)
{
    struct hook_answer *a = hook_of(L)->answer;
    struct str value = text_of(L, key_text);

    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.at[i] < ' ' || value.at[i] == 0x7f)
            luaL_error(L, "%s: there are control characters in it", key_text);
    if (a->n == LIMIT_HOOK_WORDS)
        luaL_error(L, "%s: it gives back too much", key_text);
    a->words[a->n].key = key;
    a->words[a->n].value = keep(&a->text, value);
    if (a->text.over)
        luaL_error(L, "%s: it gives back too much", key_text);
    a->n++;
}

/* The value on top of the stack, and the key below it. */
static void add_entry(lua_State *L)
{
    size_t len;

    if (lua_type(L, -2) != LUA_TSTRING)
        luaL_error(L, "expected words such as reply or forward, not a %s", luaL_typename(L, -2));
    const char *text = lua_tolstring(L, -2, &len);
    struct str key = keep(&hook_of(L)->answer->text, (struct str){text, len});

    if (!lua_istable(L, -1)) {
        add(L, key, text);
        return;
    }
    lua_Integer n = (lua_Integer)lua_rawlen(L, -1);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, -1, i);
        add(L, key, text);
        lua_pop(L, 1);
    }
}

void hook_take_answer(lua_State *L)
{
    if (!lua_toboolean(L, -1)) /* nil, false: nothing */
        return;
    if (!lua_istable(L, -1))
        luaL_error(L, "it gave back a %s: expected a table or nil", luaL_typename(L, -1));
    hook_charge_walk(L);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        add_entry(L);
        lua_pop(L, 1);
    }
}
