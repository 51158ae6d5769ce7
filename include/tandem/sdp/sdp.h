/* A session description (RFC 8866) as it was read: its text, an index of its lines, and what is
 * wrong with it. Values are read from it on demand (sdp/values.h, sdp/attribute.h); nothing is
 * copied and nothing lost.
 *
 *   session:  v= o= s= i= u= e= p= c= b= t= r= z= k= a=
 *   media:    m= i= c= b= k= a=        (any number of such sections)
 */
#ifndef TANDEM_SDP_SDP_H
#define TANDEM_SDP_SDP_H

#include <stdbool.h>

#include "base/str.h"
#include "sdp/fault.h"

/* Further faults of one description are not told; broken ones take the place of odd ones. */
#define SDP_MAX_FAULTS 16

struct sdp_line {
    struct str value; /* behind the '=', without the line's end; may be empty */
    char type;        /* 'v', 'o', … */
};

/* The session's lines, or those of one media description, which begin with its m= line. */
struct sdp_section {
    uint32_t first, n; /* lines */
};

struct sdp {
    struct str text; /* borrowed */
    const struct sdp_line *lines;
    uint32_t n_lines, n_media, n_faults;
    struct sdp_section session;
    const struct sdp_section *media;
    struct sdp_fault faults[SDP_MAX_FAULTS]; /* by line; those of the whole first */
    bool broken;                             /* one of its faults is: to be refused */
};

/* The bytes that sdp_parse needs at most for a text of this length. */
size_t sdp_space(size_t text_len);

/* Reads a description. `text` and `space` (aligned for pointers, sdp_space(text.len) bytes) stay
 * the caller's and have to live as long as *sdp. Bad input is no error of the function: it is told
 * in `faults` and `broken`, and what could be read can be looked at all the same. Lines may end in
 * CRLF, or in LF alone (RFC 8866 5: to be accepted). */
void sdp_parse(struct sdp *, struct str text, void *space, size_t space_len);

/* The n-th section of media (from 0). */
struct sdp_section sdp_media_section(const struct sdp *, uint32_t n);

/* The first line of this type in the section; NULL: there is none. */
const struct sdp_line *sdp_line_find(const struct sdp *, struct sdp_section, char type);

/* The line's number in the text, from 1, for a message to people. */
uint32_t sdp_line_number(const struct sdp *, const struct sdp_line *);

#endif
