// A provider that a program of the user's speaks for: "PROGRAM get", "PROGRAM set TARGET", "PROGRAM unroute".
// The contract is in vipctl(8). Exit statuses are those of sysexits.h: what a script ends with by accident
// (1, 2, 22 of curl, 127) is unknown, as is a reading that printed nothing.
#pragma once

#include "vipd/provider/driver.h"

namespace hawser::vipd::provider {

class Exec : public Driver {
 public:
  [[nodiscard]] Turn begin(const Call& call) override;
  [[nodiscard]] Turn heard(const Reply& reply) override;
  [[nodiscard]] Limits limits() const override { return {}; }
  [[nodiscard]] std::string endpoint() const override { return {}; }
  [[nodiscard]] Result<std::string> authorization(const std::string&) const override { return std::string(); }
  [[nodiscard]] std::string account(const std::string&) const override { return {}; }
  [[nodiscard]] bool is_same(const std::string& one, const std::string& other) const override {
    return one == other;
  }

 private:
  Ask asked_ = Ask::kGet;
};

}  // namespace hawser::vipd::provider
