#pragma once

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>

// curl's option and information calls are variadic, which Swift cannot call: one typed function
// for each type of argument.

typedef size_t (*ccurl_receive)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_number(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_receiver(CURL *easy, ccurl_receive receiver, void *context) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receiver);
  return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_WRITEDATA, context) : code;
}

static inline CURLcode ccurl_get_number(CURL *easy, CURLINFO information, long *value) {
  return curl_easy_getinfo(easy, information, value);
}

static inline CURLcode ccurl_get_offset(CURL *easy, CURLINFO information, curl_off_t *value) {
  return curl_easy_getinfo(easy, information, value);
}

static inline CURLcode ccurl_get_text(CURL *easy, CURLINFO information, char **value) {
  return curl_easy_getinfo(easy, information, value);
}

static inline CURLMcode ccurl_multi_set_number(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

/// Runs `body(context)` on a new detached thread; returns an error number, 0 for success.
///
/// SIGPIPE is blocked there: libcurl leaves it alone under CURLOPT_NOSIGNAL, and OpenSSL's writes
/// to a closed connection would end the program.
static inline int ccurl_start_thread(void *(*body)(void *), void *context) {
  sigset_t pipe, before;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_attr_t attributes;
  int status = pthread_attr_init(&attributes);
  if (status != 0) return status;
  pthread_t thread;
  status = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (status == 0) status = pthread_sigmask(SIG_BLOCK, &pipe, &before);
  if (status == 0) {
    status = pthread_create(&thread, &attributes, body, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  pthread_attr_destroy(&attributes);
  return status;
}
