// A provider that somebody else speaks for: a small HTTPS service of the user's, whose contract is in
// vipctl(8). GET URL?address=A tells where an address leads, POST URL has it lead elsewhere.
#pragma once

#include <boost/json/fwd.hpp>

#include "vipd/provider/driver.h"

namespace hawser::vipd::provider {

class Webhook : public Driver {
 public:
  explicit Webhook(std::string url) : url_(std::move(url)) {}

  [[nodiscard]] Turn begin(const Call& call) override;
  [[nodiscard]] Turn heard(const Reply& reply) override;
  [[nodiscard]] Limits limits() const override;
  [[nodiscard]] std::string endpoint() const override { return url_; }
  [[nodiscard]] Result<std::string> authorization(const std::string& secret) const override;
  // The URL of a hook may be a secret in itself.
  [[nodiscard]] std::string account(const std::string& secret) const override;
  [[nodiscard]] bool is_same(const std::string& one, const std::string& other) const override {
    return one == other;
  }

 private:
  enum class Stage : std::uint8_t { kRead, kSwitch, kAwait };

  [[nodiscard]] Request read() const;
  Turn await();
  Turn told(unsigned status, const std::string& target);

  std::string url_;
  Call call_;
  Stage stage_ = Stage::kRead;
  unsigned polls_ = 0;
};

}  // namespace hawser::vipd::provider
