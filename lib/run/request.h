// What hawser-runner is asked over its socket, and what it answers: an object of the file and what to do with
// it, never a program or its arguments.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "lib/base/names.h"
#include "lib/base/result.h"
#include "lib/run/run.h"

namespace hawser::run {

enum class Action : std::uint8_t { kGet, kSet, kUnroute, kStart, kStop, kMonitor };

struct Request {
  std::string object;  // as it stands in the file: "provider.dc"
  std::string step;    // of an object that has several; a provider has none
  Action action = Action::kGet;
  std::string address;  // of a provider: what is routed
  std::string target;   // of a provider: where to; of get: where it should lead, where that is known
  bool operator==(const Request&) const = default;
};

// {"object": "provider.dc", "step": "", "action": "set", "address": "203.0.113.100", "target": "srv2"}; what
// is left out is empty. A key that there is none of is refused, since nobody knows what it was to mean.
boost::json::object to_json(const Request& request);
hawser::Result<Request> request_from(std::string_view text);

// {"end": "exited", "number": 0, "took_ms": 1200, "output": "srv2\n", "errors": "", "cut": false,
//  "text": "exit status 0"}; bytes that are no UTF-8 become "?".
boost::json::object to_json(const Outcome& outcome);
Outcome outcome_from(const boost::json::value& json);

// "set 203.0.113.100 -> srv2"
std::string words_of(const Request& request);

}  // namespace hawser::run

template <>
inline constexpr std::array<hawser::Name<hawser::run::Action>, 6> hawser::kNames<hawser::run::Action>{{
    {hawser::run::Action::kGet, "get"},
    {hawser::run::Action::kSet, "set"},
    {hawser::run::Action::kUnroute, "unroute"},
    {hawser::run::Action::kStart, "start"},
    {hawser::run::Action::kStop, "stop"},
    {hawser::run::Action::kMonitor, "monitor"},
}};
