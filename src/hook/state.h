/* What the files of this folder share: the state that scripts run in, and what a call may take. */
#ifndef TANDEM_SRC_HOOK_STATE_H
#define TANDEM_SRC_HOOK_STATE_H

#include <lauxlib.h>
#include <lua.h>

#include "base/shelf.h"
#include "hook/heap.h"
#include "hook/hook.h"

struct hook {
    struct mem *mem;
    struct shelf *shelf; /* the scripts' texts, the functions' names */
    struct heap heap;
    lua_State *lua; /* NULL: to be made anew before the next call */
    struct config_script_list texts;
    int request; /* the reference of what scripts see of the request */
    unsigned n_functions;
    struct {
        struct str name;
        int ref; /* LUA_NOREF: there is none in this state */
    } functions[LIMIT_HOOK_FUNCTIONS];
    int64_t call_limit;  /* of instructions */
    int64_t limit, left; /* what is running has; left < 0: used up */
    uint64_t for_memory; /* of what is gone */
    int grain;           /* so many are counted at a time */
    bool loading;        /* globals may be set */
    bool is_full;        /* nearly all memory is in use */
    bool ran_out;        /* there was no room: the state is made anew */
    bool raising;        /* what is made now says that the instructions are used up */
    const char *refusal; /* why memory was refused last */
    const struct hook_view *view;
    struct hook_answer *answer;
};

static inline struct hook *hook_of(lua_State *L)
{
    return *(struct hook **)lua_getextraspace(L);
}

/* bounds.c: the state's memory and its count of instructions. */
void *hook_alloc(void *hook, void *at, size_t from, size_t to);
void hook_begin_count(struct hook *, int64_t limit);
/* Work of a library's function that no instruction shows, about a nanosecond a unit: it may raise
 * the error that the limit is reached. */
void hook_charge(lua_State *L, size_t nanoseconds);

/* A walk through a table looks at every place of it: as many as there may be in all memory. */
void hook_charge_walk(lua_State *L);

/* load.c: the state with the scripts in it. False: `fault` (may be NULL) is filled, and there is no
 * state. */
bool hook_load(struct hook *, struct hook_fault *fault);
/* Finds the functions by their names. */
void hook_bind(struct hook *);

/* The tables of functions that scripts see; each leaves one on the stack. */
void hook_put_globals(lua_State *L);
void hook_put_string(lua_State *L);
void hook_put_table(lua_State *L);
void hook_put_math(lua_State *L);
/* view.c: the request as a value; it shows hook->view. */
void hook_put_request(lua_State *L);

/* answer.c: the value on top of the stack becomes the words of hook->answer, or an error. */
void hook_take_answer(lua_State *L);

#endif
