/* Inside of rtp/: who is in a session, and when RTCP goes. */
#ifndef TANDEM_RTP_MEMBERS_H
#define TANDEM_RTP_MEMBERS_H

#include "rtp/session.h"

/* NULL: not there. */
struct rtp_member *member_find(struct rtp_session *, uint32_t ssrc);
/* … or a new one, not believed yet; in a full table the longest silent makes room. */
struct rtp_member *member_of(struct rtp_session *, uint32_t ssrc, time_ns now);
void member_forget(struct rtp_member *);
/* RFC 3550 6.3.5: those who were silent for too long. True: somebody is gone. */
bool members_expire(struct rtp_session *, time_ns now);
unsigned members_sending(const struct rtp_session *);

/* RFC 3550 6.3.1, without chance, for a receiver where `we_sent` is false. */
time_ns interval_plain(const struct rtp_session *, bool we_sent);
/* … with it. */
time_ns interval_drawn(struct rtp_session *);
/* RFC 3550 6.3.4: fewer members, earlier reports. */
void interval_shrink(struct rtp_session *, time_ns now);
/* RFC 3550 6.3.3: the size of a compound packet, sent or received. */
void interval_learn(struct rtp_session *, size_t bytes);

#endif
