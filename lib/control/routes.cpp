#include "lib/control/routes.h"

#include <algorithm>

#include <fmt/format.h>

#include "lib/control/json.h"

namespace hawser::control {
namespace {

std::string_view query_of(const Request& request) {
  const std::string_view target = request.target;
  const auto mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

struct Parameter {
  std::string_view name, value;
};

// Takes the next "name=value" off the front of a query.
Parameter take_parameter(std::string_view& query) {
  const auto word = query.substr(0, query.find('&'));
  query.remove_prefix(std::min(word.size() + 1, query.size()));
  const auto equals = word.find('=');
  if (equals == std::string_view::npos) return {word, {}};
  return {word.substr(0, equals), word.substr(equals + 1)};
}

template <class Found>
bool find_parameter(const Request& request, std::string_view name, const Found& found) {
  for (auto query = query_of(request); !query.empty();) {
    const auto parameter = take_parameter(query);
    if (parameter.name == name) return found(parameter.value), true;
  }
  return false;
}

}  // namespace

std::string_view path_of(const Request& request) {
  const std::string_view target = request.target;
  return target.substr(0, target.find('?'));
}

bool asks_for(const Request& request, std::string_view name) {
  return find_parameter(request, name, [](std::string_view) {});
}

std::string_view value_of(const Request& request, std::string_view name) {
  std::string_view value;
  find_parameter(request, name, [&](std::string_view found) { value = found; });
  return value;
}

Routes& Routes::get(std::string path, std::function<Response(const Request&)> answer) {
  routes_.push_back({"GET", std::move(path), Access::kRead, std::move(answer)});
  return *this;
}

Routes& Routes::post(std::string path, std::function<Response(const Request&)> answer) {
  routes_.push_back({"POST", std::move(path), Access::kChange, std::move(answer)});
  return *this;
}

bool Routes::may(const Route& route, const Peer& peer) const {
  return route.access == Access::kRead || peer.uid == 0 || peer.uid == owner_;
}

Response Routes::no_such(const Request& request) const {
  std::string there;
  for (const auto& route : routes_)
    there += fmt::format("{}{} {}", there.empty() ? "" : ", ", route.method, route.path);
  return refusal(404,
                 fmt::format("{} {}: no such thing; there is {}", request.method, path_of(request), there));
}

Response Routes::answer(const Request& request) const {
  const auto path = path_of(request);
  const Route* other = nullptr;
  for (const auto& route : routes_) {
    if (route.path != path) continue;
    if (route.method != request.method) {
      other = &route;
      continue;
    }
    if (!may(route, request.peer))
      return refusal(403, fmt::format("{} {}: only root may: use sudo", route.method, route.path));
    return route.answer(request);
  }
  if (other == nullptr) return no_such(request);
  return refusal(405, fmt::format("{} {}: only {} is answered there", request.method, path, other->method));
}

}  // namespace hawser::control
