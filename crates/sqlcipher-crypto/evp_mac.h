/* What SQLCipher asks of OpenSSL 3 and AWS-LC does not have: a message authentication code by the
   name of its digest. SQLCipher makes HMACs only, so this is HMAC under another name.

   Stands at the end of AWS-LC's own <openssl/hmac.h>; see build.rs. */
#ifndef HOSPES_EVP_MAC_H
#define HOSPES_EVP_MAC_H

#include <string.h>

#include <openssl/digest.h>

typedef struct {
  const char *key;
  unsigned int data_type;
  const void *data;
  size_t data_size;
  size_t return_size;
} OSSL_PARAM;

#define OSSL_PARAM_UTF8_STRING 4
#define OSSL_PARAM_END { NULL, 0, NULL, 0, 0 }

/* There is one algorithm, so there is nothing to fetch and nothing to free. */
typedef struct { char unused; } EVP_MAC;
typedef HMAC_CTX EVP_MAC_CTX;

static const EVP_MAC hospes_hmac;

static inline EVP_MAC *EVP_MAC_fetch(void *library, const char *name, const char *properties) {
  (void)library;
  (void)properties;
  return strcmp(name, "HMAC") == 0 ? (EVP_MAC *)&hospes_hmac : NULL;
}

static inline void EVP_MAC_free(EVP_MAC *mac) { (void)mac; }

static inline EVP_MAC_CTX *EVP_MAC_CTX_new(EVP_MAC *mac) {
  (void)mac;
  return HMAC_CTX_new();
}

/* Wipes the key, too. */
static inline void EVP_MAC_CTX_free(EVP_MAC_CTX *ctx) { HMAC_CTX_free(ctx); }

/* The parameters name the digest. An unknown one is refused, and so is none. */
static inline int EVP_MAC_init(EVP_MAC_CTX *ctx, const unsigned char *key, size_t length,
                               const OSSL_PARAM *params) {
  const EVP_MD *digest = NULL;
  for (; params != NULL && params->key != NULL; params++) {
    if (strcmp(params->key, "digest") == 0) {
      digest = EVP_get_digestbyname((const char *)params->data);
    }
  }
  return digest != NULL && HMAC_Init_ex(ctx, key, length, digest, NULL);
}

static inline int EVP_MAC_update(EVP_MAC_CTX *ctx, const unsigned char *data, size_t length) {
  return HMAC_Update(ctx, data, length);
}

/* Without a place to write to it only tells how long the code will be. */
static inline int EVP_MAC_final(EVP_MAC_CTX *ctx, unsigned char *out, size_t *length, size_t size) {
  unsigned int written = (unsigned int)HMAC_size(ctx);
  *length = written;
  if (out == NULL) {
    return 1;
  }
  return size >= written && HMAC_Final(ctx, out, &written);
}

#endif
