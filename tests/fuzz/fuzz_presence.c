/* Any bytes as a presence document: what is read lies in the space that it was promised, is
 * bounded, and whatever is refused says why. */
#include "fuzz.h"

#include "ua/presence.h"

static void check_texts(struct str space, const struct presence_texts *t)
{
    assert(t->n <= LIMIT_UA_PRESENCE_TEXTS);
    for (unsigned i = 0; i < t->n; i++)
        assert_inside(space, t->of[i]);
}

static void check_item(struct str space, const struct presence_item *i)
{
    assert_inside(space, i->id);
    assert_inside(space, i->contact);
    assert_inside(space, i->priority);
    assert_inside(space, i->timestamp);
    assert_inside(space, i->device);
    check_texts(space, &i->activities);
    check_texts(space, &i->notes);
}

static void check(struct str space, const struct presence *p)
{
    assert(p->n_items <= LIMIT_UA_PRESENCE_ITEMS);
    assert_inside(space, p->entity);
    check_texts(space, &p->notes);
    for (unsigned i = 0; i < p->n_items; i++)
        check_item(space, &p->items[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct presence p;
    struct str text = exact_copy((struct str){(const char *)data, size});
    size_t room = presence_space(size);
    char *space = malloc(room);
    assert(space);
    struct rand rand;
    struct rand_seed seed = rand_seed_from(1);
    rand_init(&rand, &seed);
    bool good = presence_parse(&p, text, &rand, space, room);
    assert(good ? !p.fault && p.entity.len > 0 : p.fault && *p.fault);
    assert(!p.fault || strcmp(p.fault, "too much text") != 0);
    check((struct str){space, room}, &p);
    free(space);
    exact_free(text);
    return 0;
}
