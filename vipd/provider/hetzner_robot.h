// Failover addresses of Hetzner's dedicated servers: GET, POST and DELETE /failover/{ip} of the Robot
// webservice (https://robot.hetzner.com/doc/webservice/en.html). HTTP Basic, forms in, JSON out.
// `active_server_ip` is where the address leads; `server_ip` is whom it was ordered for, whatever it leads
// to.
#pragma once

#include "vipd/provider/hetzner_robot_reset.h"

namespace hawser::vipd::provider {

class HetznerRobot : public Driver {
 public:
  [[nodiscard]] Turn begin(const Call& call) override;
  [[nodiscard]] Turn heard(const Reply& reply) override;
  [[nodiscard]] Limits limits() const override;
  [[nodiscard]] Power power() const override { return Power::kReset; }
  [[nodiscard]] std::string endpoint() const override { return "https://robot-ws.your-server.de"; }
  [[nodiscard]] Result<std::string> authorization(const std::string& secret) const override;
  [[nodiscard]] std::string account(const std::string& secret) const override;
  [[nodiscard]] bool is_same(const std::string& one, const std::string& other) const override;

 private:
  [[nodiscard]] bool is_of_power() const { return asked_ == Ask::kPower || asked_ == Ask::kPowerOff; }

  Ask asked_ = Ask::kGet;
  RobotReset reset_;
};

}  // namespace hawser::vipd::provider
