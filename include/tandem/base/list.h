/* Intrusive doubly linked ring. An element is in at most one list per node; a node points at itself
 * while it is in none. */
#ifndef TANDEM_BASE_LIST_H
#define TANDEM_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *prev, *next;
};

#define CONTAINER_OF(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

static inline void list_init(struct list *l)
{
    l->prev = l->next = l;
}

static inline bool list_is_empty(const struct list *l)
{
    return l->next == l;
}

static inline void list_append(struct list *l, struct list *node)
{
    node->prev = l->prev;
    node->next = l;
    l->prev->next = node;
    l->prev = node;
}

/* Legal for a node that is in no list. */
static inline void list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

static inline struct list *list_first(const struct list *l)
{
    return list_is_empty(l) ? NULL : l->next;
}

/* Safe against removal of `node` inside the body. */
#define LIST_EACH(l, node, after)                                         \
    for (struct list *node = (l)->next, *after = node->next; node != (l); \
         node = after, after = node->next)

#endif
