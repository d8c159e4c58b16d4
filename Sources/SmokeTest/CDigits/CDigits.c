#include "CDigits.h"

static const unsigned char packed[] = {
#embed "digits.bin"
};
const long digits_packed_size = sizeof packed;
const unsigned char *digits_start(void) { return packed; }
