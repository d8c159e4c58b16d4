// Texts that the program shows, packed together by .ci/pack-texts when it is built for an image.
#ifndef CTEXTS_H
#define CTEXTS_H

/// The text called `name`; empty when it is not there, or memory is short. One thread at a time.
const char *texts_find(const char *name);

#endif
