// Floating IPs of Hetzner Cloud (https://docs.hetzner.cloud). A token, JSON both ways, and actions that go on
// after the call was answered: 201 says that one began, not that the address has moved.
#pragma once

#include <boost/json/fwd.hpp>

#include "vipd/provider/driver.h"

namespace hawser::vipd::provider {

// A target is a server: its number, its name, or its public address. Answers name it by its number.
class HetznerCloud : public Driver {
 public:
  [[nodiscard]] Turn begin(const Call& call) override;
  [[nodiscard]] Turn heard(const Reply& reply) override;
  [[nodiscard]] Limits limits() const override;
  [[nodiscard]] std::string endpoint() const override { return "https://api.hetzner.cloud/v1"; }
  [[nodiscard]] Result<std::string> authorization(const std::string& secret) const override;
  [[nodiscard]] std::string account(const std::string& secret) const override;
  [[nodiscard]] bool is_same(const std::string& one, const std::string& other) const override;

 private:
  enum class Stage : std::uint8_t { kAddresses, kServers, kAssign, kAction };

  Turn refused(const Reply& reply, const boost::json::value& body) const;
  Turn addresses(const boost::json::value& body);
  Turn servers(const boost::json::value& body);
  Turn after_servers();
  Turn action(const boost::json::value& body);
  Turn next_page(const boost::json::value& body, Turn otherwise);
  [[nodiscard]] Turn list() const;

  struct Address {
    std::string number, server;  // empty: assigned to nobody
  };

  Call call_;
  Stage stage_ = Stage::kAddresses;
  std::uint64_t page_ = 1;
  std::optional<Address> found_;
  unsigned polls_ = 0;
  std::map<std::string, std::string> numbers_;  // of servers, by name and by address
};

}  // namespace hawser::vipd::provider
