/* The key of the marks in our Record-Route. Kept in the data folder, so that calls that were set up
 * before a restart find their way after it. */
#ifndef TANDEM_SERVER_ROUTE_KEY_H
#define TANDEM_SERVER_ROUTE_KEY_H

#include "base/siphash.h"
#include "store/folder.h"

/* Reads it, or makes it where there is none: FOLDER/route.key, 16 bytes, 0600. The folder is held
 * (folder_hold). False: the fault says why. */
MUST_USE bool route_key_load(const char *folder, struct hash_key *key, struct store_fault *fault);

#endif
