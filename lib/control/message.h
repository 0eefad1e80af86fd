// What goes over a control socket: one HTTP request with a JSON body, one answer, then the connection is
// closed.
#pragma once

#include <string>

namespace hawser::control {

struct Request {
  std::string method = "GET";
  std::string target = "/";  // path and query as sent: "/status", "/status?vip=web"
  std::string body;          // JSON, or empty

  bool operator==(const Request&) const = default;
};

struct Response {
  int status = 200;  // HTTP status
  std::string body;  // JSON; of a refusal {"error": "..."}, see lib/control/json.h

  bool operator==(const Response&) const = default;
};

}  // namespace hawser::control
