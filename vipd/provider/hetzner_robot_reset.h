// Resets of Hetzner's dedicated servers: GET /server for a server's number, GET /reset/{number} for the ways
// to reset it, POST /reset/{number}. What became of it nobody can ask.
#pragma once

#include <boost/json/fwd.hpp>

#include "vipd/provider/driver.h"

namespace hawser::vipd::provider {

class RobotReset {
 public:
  [[nodiscard]] Turn begin(const Call& call);
  // Of an answer 200 and its JSON; errors are the driver's.
  [[nodiscard]] Turn heard(const boost::json::value& body);
  // So far nothing was sent that resets.
  [[nodiscard]] bool only_reads() const { return stage_ != Stage::kReset; }

 private:
  enum class Stage : std::uint8_t { kServers, kWays, kReset };

  Turn servers(const boost::json::value& body);
  Turn ask_ways(std::string number);
  Turn ways(const boost::json::value& body);
  [[nodiscard]] Answer reset(const boost::json::value& body) const;

  Call call_;
  std::string number_, how_;
  Stage stage_ = Stage::kServers;
};

}  // namespace hawser::vipd::provider
