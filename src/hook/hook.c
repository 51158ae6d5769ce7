/* Owns scripts and their calls. Knows no rule. */
#include "hook/state.h"

#include <stdio.h>

static bool keep_texts(struct hook *h, const struct config_script_list *from)
{
    h->texts.list = shelf_take(h->shelf, (from->n + 1) * sizeof *h->texts.list);
    for (; h->texts.list && h->texts.n < from->n; h->texts.n++) {
        struct config_script *to = &h->texts.list[h->texts.n];

        if (!shelf_keep(h->shelf, from->list[h->texts.n].name, &to->name) ||
            !shelf_keep(h->shelf, from->list[h->texts.n].text, &to->text))
            return false;
    }
    return h->texts.list;
}

struct hook *hook_new(struct mem *mem, const struct config_lua *config, struct hook_fault *fault)
{
    struct hook *h = mem_alloc_zero(mem, sizeof *h);

    *fault = (struct hook_fault){.script = config->texts.n, .what = "there is no memory for it"};
    if (!h)
        return NULL;
    h->mem = mem;
    h->grain = 100;
    h->call_limit = config->instructions;
    h->shelf = shelf_new(mem);
    if (h->shelf && keep_texts(h, &config->texts) &&
        heap_init(&h->heap, mem, (size_t)config->memory_kib * 1024) && hook_load(h, fault))
        return h;
    hook_free(h);
    return NULL;
}

void hook_free(struct hook *h)
{
    if (!h)
        return;
    heap_fini(&h->heap); /* with the state, which has nothing outside of it */
    shelf_free(h->shelf);
    mem_free(h->mem, h, sizeof *h);
}

void hook_count_all(struct hook *h)
{
    h->grain = 1;
}

static int bind_all(lua_State *L)
{
    hook_bind(hook_of(L));
    return 0;
}

int hook_function(struct hook *h, struct str name)
{
    unsigned i = 0;

    while (i < h->n_functions && !str_equal(h->functions[i].name, name))
        i++;
    if (i == h->n_functions) {
        if (i == LIMIT_HOOK_FUNCTIONS || !shelf_keep(h->shelf, name, &h->functions[i].name))
            return -1;
        h->functions[h->n_functions++].ref = LUA_NOREF;
        hook_begin_count(h, LIMIT_HOOK_LOAD_INSTRUCTIONS);
        lua_pushcfunction(h->lua, bind_all);
        if (lua_pcall(h->lua, 0, 0, 0) != LUA_OK)
            lua_settop(h->lua, 0);
    }
    return h->functions[i].ref == LUA_NOREF ? -1 : (int)i;
}

/* --- a call --- */

static int run(lua_State *L)
{
    struct hook *h = hook_of(L);
    int function = (int)lua_tointeger(L, 1);

    lua_rawgeti(L, LUA_REGISTRYINDEX, h->functions[function].ref);
    lua_rawgeti(L, LUA_REGISTRYINDEX, h->request);
    lua_call(L, 1, 1);
    hook_take_answer(L);
    return 0;
}

/* As much as there is room for. */
static void put_printable(struct buf *b, struct str text)
{
    for (size_t i = 0; i < text.len && b->len < b->cap; i++)
        buf_put_char(b, text.at[i] >= ' ' && text.at[i] < 0x7f ? text.at[i] : ' ');
}

static void fail(struct hook_answer *out, struct str function, struct str why)
{
    out->n = 0;
    buf_init(&out->text, out->space, sizeof out->space);
    put_printable(&out->text, function);
    put_printable(&out->text, STR(": "));
    put_printable(&out->text, why);
    out->why = str_slice(buf_str(&out->text), 0, 300);
}

static struct str error_of(const struct hook *h, int rc)
{
    lua_State *L = h->lua;
    size_t len = 0;
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &len) : NULL;

    if (rc == LUA_ERRMEM)
        return str_from(h->refusal);
    return text ? (struct str){text, len} : STR("raised what is no text");
}

bool hook_call(struct hook *h, int function, const struct hook_view *view, struct hook_answer *out)
{
    struct str name = h->functions[function].name;

    out->n = 0;
    out->instructions = out->memory = 0;
    out->why = STR_NONE;
    buf_init(&out->text, out->space, sizeof out->space);
    if (!h->lua && !hook_load(h, NULL)) {
        fail(out, name, STR("the scripts cannot be loaded any more"));
        return false;
    }
    h->view = view;
    h->answer = out;
    hook_begin_count(h, h->call_limit);
    lua_pushcfunction(h->lua, run);
    lua_pushinteger(h->lua, function);
    int rc = lua_pcall(h->lua, 1, 0, 0);
    out->instructions = (uint64_t)(h->call_limit - h->left) - h->for_memory;
    out->memory = h->heap.used;
    if (rc != LUA_OK)
        fail(out, name, error_of(h, rc));
    lua_settop(h->lua, 0);
    h->view = NULL;
    h->answer = NULL;
    if (rc != LUA_OK && h->ran_out)
        h->lua = NULL; /* whatever fills it goes with it */
    return rc == LUA_OK;
}
