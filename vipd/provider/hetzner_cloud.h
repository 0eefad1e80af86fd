// Hetzner Cloud (https://docs.hetzner.cloud): floating IPs, alias IPs and routes of private networks, and the
// power of servers. A token, JSON both ways, and actions that go on after the call was answered: 201 says
// that one began, not that the address has moved.
#pragma once

#include "vipd/provider/hetzner_cloud_project.h"

namespace hawser::vipd::provider {

// A target is a server: its number, its name, or its public address. Answers name it by its number.
class HetznerCloud : public Driver {
 public:
  [[nodiscard]] Turn begin(const Call& call) override;
  [[nodiscard]] Turn heard(const Reply& reply) override;
  [[nodiscard]] Limits limits() const override;
  [[nodiscard]] Power power() const override { return Power::kRead; }
  [[nodiscard]] std::string endpoint() const override { return "https://api.hetzner.cloud/v1"; }
  [[nodiscard]] Result<std::string> authorization(const std::string& secret) const override;
  [[nodiscard]] std::string account(const std::string& secret) const override;
  [[nodiscard]] bool is_same(const std::string& one, const std::string& other) const override;

 private:
  enum class Stage : std::uint8_t { kAddresses, kServers, kNetworks, kStatus, kTake, kGive, kPutBack };
  enum class Action : std::uint8_t { kNone, kRuns };

  [[nodiscard]] bool only_reads() const { return stage_ <= Stage::kStatus; }
  [[nodiscard]] bool is_of_power() const { return call_.ask == Ask::kPower || call_.ask == Ask::kPowerOff; }
  Turn list(Stage stage);
  Turn page(const boost::json::value& body);
  Turn listed();
  [[nodiscard]] std::optional<CloudPlace> found();
  Turn at(const CloudPlace& place);
  Turn of_power(const std::string& number);
  [[nodiscard]] Answer status(const boost::json::value& body) const;

  Turn send(Stage stage, const Request& request);
  Turn refused(const Reply& reply, const boost::json::value& body);
  Turn action(const boost::json::value& body);
  Turn done();
  Turn failed(Answer answer);
  Turn not_given(Answer answer);

  Call call_;
  Stage stage_ = Stage::kAddresses;
  Action action_ = Action::kNone;
  std::uint64_t page_ = 1;
  std::optional<CloudProject> project_;
  CloudChange change_;
  std::string taken_from_;  // whom it is put back to
  Answer why_not_given_;
  unsigned polls_ = 0, tries_ = 0;
  // Outlives the call: a route that was taken and not given is nowhere, and nobody else knows its prefix.
  std::map<IpAddress, CloudPlace> routes_;
};

}  // namespace hawser::vipd::provider
