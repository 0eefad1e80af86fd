// What netd's status says of the real servers that somebody named: for the verbs that go through netd. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

namespace hawser::lbctl {

// One real server behind one virtual address.
struct Told {
  std::string service;  // "web"
  std::string at;       // "tcp 192.0.2.100:80"
  std::string real;     // "web1 198.51.100.21:8080"
  std::string state;    // "up", "down", "unknown"
  std::string why;      // "0 of 100: draining: 2 active, 1 inactive"
  std::string override_;
  bool in_table = false;

  bool operator==(const Told&) const = default;
};

// Those of `service` (empty: of all) that are called `real` (empty: all of them), as it says them.
std::vector<Told> told_of(const boost::json::value& status, const std::string& service,
                          const std::string& real);

// What taking them out costs where it leaves a virtual address without any real server: a sentence for each
// address. None where one of the others is up, a sorry server too, or nothing was in service anyway.
enum class Out : std::uint8_t { kDrained, kDisabled };
std::vector<std::string> emptied_by(const boost::json::value& status, const std::string& service,
                                    const std::string& real, Out out);

// "web: tcp 192.0.2.100:80: web1 198.51.100.21:8080: 0 of 100: draining: 2 active, 1 inactive"
std::string line_of(const Told& told);

// One that is drained and not out yet.
bool is_draining(const Told& told);
// One of which no check has spoken.
bool is_waited_for(const Told& told);

}  // namespace hawser::lbctl
