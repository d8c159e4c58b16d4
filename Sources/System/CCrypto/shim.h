#pragma once

// SHA-256's own functions, since EVP does not give the state away with which another run goes on.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/evp.h>
#include <openssl/sha.h>
