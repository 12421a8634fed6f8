/* SPDX-License-Identifier: Apache-2.0 */
/* `oio results serve`: the page of `oio results html` for browsers of this machine, made anew for each request. It listens on 127.0.0.1
 * alone and answers nothing but GET /; a page elsewhere whose name has been made to lead here (DNS rebinding) asks with that name as Host.
 */
#include "interrupt.h"
#include "options.h"
#include "results_page.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LOOK_MS = 200, CONNECTIONS_MAX = 16, CONNECTION_S = 30, CONNECTION_BYTES = 32768, HTTP_PORT = 80 };

struct server {
  const struct results_asked *asked;
  unsigned port;
};

/* The text is copied; what goes out is not kept anywhere, not framed, and loads nothing. */
static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, const char *type, const char *text) {
  static const char *const headers[][2] = {
      {"Cache-Control", "no-store"},
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Referrer-Policy", "no-referrer"},
      {"X-Content-Type-Options", "nosniff"}};
  struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
  if (response == NULL) return MHD_NO;
  bool good = MHD_add_response_header(response, "Content-Type", type) == MHD_YES;
  for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
    good = good && MHD_add_response_header(response, headers[i][0], headers[i][1]) == MHD_YES;
  if (status == MHD_HTTP_METHOD_NOT_ALLOWED) good = good && MHD_add_response_header(response, "Allow", "GET") == MHD_YES;
  const enum MHD_Result result = good ? MHD_queue_response(connection, status, response) : MHD_NO;
  MHD_destroy_response(response);
  return result;
}

/* Of the port of http itself clients leave the number out. */
static bool names_us(const char *host, unsigned port) {
  static const char *const names[] = {"127.0.0.1", "localhost"};
  for (size_t i = 0; host != NULL && i < sizeof names / sizeof names[0]; i++) {
    char ours[32];
    snprintf(ours, sizeof ours, "%s:%u", names[i], port);
    if (strcasecmp(host, ours) == 0 || (port == HTTP_PORT && strcasecmp(host, names[i]) == 0)) return true;
  }
  return false;
}

static enum MHD_Result answer_with_page(struct MHD_Connection *connection, const struct results_asked *asked) {
  struct oio_error error = {""};
  struct results_db *db = NULL;
  char *page = results_db_open_to_read(&db, asked->word[0], &error) == OIO_OK ? results_page_make(db, asked, &error) : NULL;
  results_db_close(db);
  if (page == NULL) fprintf(stderr, "oio results serve: %s\n", error.text);
  const enum MHD_Result result = page != NULL ? answer(connection, MHD_HTTP_OK, "text/html; charset=utf-8", page)
                                              : answer(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", error.text);
  free(page);
  return result;
}

static enum MHD_Result take(void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                            const char *upload, size_t *upload_nbytes, void **state) {
  static const char plain[] = "text/plain; charset=utf-8";
  static int begun;
  const struct server *server = context;
  const bool get = strcmp(method, MHD_HTTP_METHOD_GET) == 0;
  (void)version;
  (void)upload;
  if (*state == NULL && get) { /* the head has come; what may stand behind it is waited for */
    *state = &begun;
    return MHD_YES;
  }
  if (*upload_nbytes > 0) return *upload_nbytes = 0, MHD_YES;
  if (!names_us(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST), server->port))
    return answer(connection, MHD_HTTP_FORBIDDEN, plain, "this is for the address that oio results serve has printed\n");
  if (!get) return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, plain, "only GET is answered\n");
  if (strcmp(url, "/") != 0) return answer(connection, MHD_HTTP_NOT_FOUND, plain, "there is one page, /\n");
  return answer_with_page(connection, server->asked);
}

static struct MHD_Daemon *start(struct server *server) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)server->asked->port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  struct MHD_Daemon *daemon =
      MHD_start_daemon(MHD_NO_FLAG, 0, NULL, NULL, take, server, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
                       MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONNECTION_S,
                       MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_END);
  const union MHD_DaemonInfo *info = daemon == NULL ? NULL : MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
  server->port = info == NULL ? 0 : info->port;
  return daemon;
}

int results_serve(struct results_db *db, const struct results_asked *asked) {
  struct oio_error error = {""};
  struct server server = {.asked = asked};
  char *page = results_page_make(db, asked, &error); /* what cannot be made is told of at once */
  free(page);
  if (page == NULL) return results_refuse(asked->verb, "%s", error.text);
  interrupt_install();
  struct MHD_Daemon *daemon = start(&server);
  if (daemon == NULL)
    return results_refuse(asked->verb, "127.0.0.1 port %u: cannot be listened on: %s; give another --port, or none", asked->port,
                          strerror(errno));
  printf("http://127.0.0.1:%u/\n", server.port);
  fflush(stdout);
  while (!interrupt_requested()) MHD_run_wait(daemon, LOOK_MS);
  MHD_stop_daemon(daemon);
  return EXIT_DONE;
}
