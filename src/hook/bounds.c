/* Owns what scripts may take: instructions, by count, and memory, by the region that they live in.
 */
#include "hook/state.h"

#define BYTES_PER_INSTRUCTION 64 /* that are written to new memory */
#define NANOSECONDS_PER_INSTRUCTION 8

/* The words need memory, too. */
static void raise(lua_State *L, const char *what, long long n, const char *unit)
{
    hook_of(L)->raising = true;
    luaL_where(L, 0);
    lua_pushfstring(L, "%s %I %s", what, (LUAI_UACINT)n, unit);
    lua_concat(L, 2);
    lua_error(L);
}

static void raise_limit(lua_State *L)
{
    raise(L, "took more than", (long long)hook_of(L)->limit, "instructions (lua.instructions)");
}

/* Memory that is written, or looked through for garbage. How much varies with what was there. */
static void pay_for_memory(struct hook *h, size_t bytes)
{
    h->left -= (int64_t)(bytes / BYTES_PER_INSTRUCTION);
    h->for_memory += bytes / BYTES_PER_INSTRUCTION;
}

/* Is it garbage? A collection is work, too. */
static void look_at_memory(lua_State *L, struct hook *h)
{
    pay_for_memory(h, h->heap.used);
    lua_gc(L, LUA_GCCOLLECT, 0);
    h->is_full = false;
    if (h->heap.used > h->heap.size / 8 * 7) {
        h->ran_out = true;
        raise(L, "needs more than", (long long)(h->heap.size / 1024), "KiB of memory (lua.memory)");
    }
}

static void count(lua_State *L, lua_Debug *d)
{
    struct hook *h = hook_of(L);

    (void)d;
    h->left -= h->grain;
    if (h->left >= 0 && h->is_full)
        look_at_memory(L, h);
    if (h->left < 0)
        raise_limit(L);
}

void hook_begin_count(struct hook *h, int64_t limit)
{
    h->limit = h->left = limit;
    h->for_memory = 0;
    h->is_full = h->ran_out = h->raising = false;
    h->refusal = "not enough memory (lua.memory)";
    lua_sethook(h->lua, count, LUA_MASKCOUNT, h->grain);
}

void hook_charge_walk(lua_State *L)
{
    struct hook *h = hook_of(L);

    pay_for_memory(h, h->heap.used / 4);
    if (h->left < 0)
        raise_limit(L);
}

void hook_charge(lua_State *L, size_t nanoseconds)
{
    struct hook *h = hook_of(L);

    h->left -= (int64_t)(nanoseconds / NANOSECONDS_PER_INSTRUCTION);
    if (h->left < 0)
        raise_limit(L);
}

/* A refusal has Lua look for garbage, which is work. */
static void *refuse(struct hook *h, const char *why)
{
    pay_for_memory(h, h->heap.used);
    h->refusal = why;
    return NULL;
}

static void *refuse_full(struct hook *h)
{
    h->ran_out = true;
    return refuse(h, "not enough memory (lua.memory)");
}

/* Lua says what a new object is in place of its old size. What a single instruction can cost grows
 * with the strings that it compares. */
static bool is_too_long(const void *at, size_t from, size_t to)
{
    return !at && from == LUA_TSTRING && to > LIMIT_HOOK_STRING + 64;
}

void *hook_alloc(void *hook, void *at, size_t from, size_t to)
{
    struct hook *h = hook;

    if (to == 0) {
        if (at)
            heap_give(&h->heap, at, from);
        return NULL;
    }
    if (at && to <= from)
        return heap_resize(&h->heap, at, from, to);
    if (is_too_long(at, from, to))
        return refuse(h, "a text becomes too long");
    if (h->left < 0 && !h->raising)
        return refuse(h, "took more than its instructions (lua.instructions)");
    pay_for_memory(h, to);
    void *new = at ? heap_resize(&h->heap, at, from, to) : heap_take(&h->heap, to);
    if (h->heap.used > h->heap.size / 8 * 7)
        h->is_full = true;
    return new ? new : refuse_full(h);
}
