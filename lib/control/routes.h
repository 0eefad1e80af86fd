// What a daemon answers to: one table of paths, and who may ask. Reading is for everybody who can open the
// socket (group hawser); what changes something is for root and for the user that the daemon runs as.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/control/message.h"

namespace hawser::control {

// "/v1/reload" of "/v1/reload?allow-empty"
std::string_view path_of(const Request& request);
// Whether `name` is in the query, with or without a value.
bool asks_for(const Request& request, std::string_view name);
// The value of `name` in the query; empty: not there.
std::string_view value_of(const Request& request, std::string_view name);

enum class Access : std::uint8_t { kRead, kChange };

struct Route {
  std::string method;
  std::string path;
  Access access = Access::kRead;
  std::function<Response(const Request&)> answer;
};

class Routes {
 public:
  // `owner`: the user that the daemon runs as.
  explicit Routes(uid_t owner) : owner_(owner) {}

  Routes& get(std::string path, std::function<Response(const Request&)> answer);
  Routes& post(std::string path, std::function<Response(const Request&)> answer);

  // 404 for a path that there is none of, naming those that there are; 405 for another method; 403 for who
  // may not.
  [[nodiscard]] Response answer(const Request& request) const;

 private:
  [[nodiscard]] bool may(const Route& route, const Peer& peer) const;
  [[nodiscard]] Response no_such(const Request& request) const;

  uid_t owner_;
  std::vector<Route> routes_;
};

}  // namespace hawser::control
