// What goes over a control socket: one HTTP request with a JSON body, one answer, then the connection is
// closed. Or, instead of one answer, a stream of events for as long as somebody listens
// (lib/control/stream.h), or one that comes when what was asked for is done (lib/control/later.h).
#pragma once

#include <memory>
#include <string>

#include <sys/types.h>

namespace hawser::control {

class Feed;
class Later;

// Who asks, as the kernel knows it (SO_PEERCRED): of the moment of connecting, nothing that he could claim.
struct Peer {
  uid_t uid = static_cast<uid_t>(-1);  // nobody's
  pid_t pid = 0;

  bool operator==(const Peer&) const = default;
};

struct Request {
  std::string method = "GET";
  std::string target = "/";  // path and query as sent: "/v1/status", "/v1/reload?allow-empty"
  std::string body = {};     // JSON, or empty
  Peer peer = {};            // filled in by the server

  bool operator==(const Request&) const = default;
};

struct Response {
  int status = 200;       // HTTP status
  std::string body = {};  // JSON; of a refusal {"error": "..."}, see lib/control/json.h
  // Of a good answer that does not end: `body` holds the events so far, ready framed; what the feed publishes
  // from now on follows.
  std::shared_ptr<Feed> feed = nullptr;
  // The answer is not there yet: it is what this one is given. All else of the response counts for nothing.
  std::shared_ptr<Later> later = nullptr;

  bool operator==(const Response&) const = default;
};

}  // namespace hawser::control
