// A host with one of the two kernels: the fake, or the real one in a network namespace of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lib/plan/kernel.h"

namespace hawser::contract {

class Host {
 public:
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  virtual ~Host() = default;

  virtual Kernel& kernel() = 0;
  virtual void plug_in(const std::string& card) = 0;  // a network card, down, with a cable
  virtual void set_carrier(const std::string& card, bool carrier) = 0;
  virtual void occupy(const std::string& card) = 0;  // another device lives on it
  // Somebody else's doing: our nftables table is gone, or is one that is not ours.
  virtual void flush_nft() = 0;
  virtual void make_foreign_nft() = 0;
};

struct HostKind {
  const char* name;
  std::unique_ptr<Host> (*make)();
};

// What a suite needs of the real kernel.
enum class Need : std::uint8_t { kNothing, kBonding, kLinkKinds, kIpvs, kNft };

// Which of `needs` this machine's kernel has; found out once, by trying.
bool kernel_has(Need need);
std::string missing_modules();  // "bonding, ip_vs"; empty: all there

// The fake always, the real kernel where it has what is needed.
std::vector<HostKind> hosts(Need need);
// Beside them a kernel that lacks what young options need, and the real one with options that go by files
// instead of attributes.
std::vector<HostKind> hosts_of_every_age(Need need);
// Only the real kernel, or nothing.
std::vector<HostKind> real_hosts(Need need);

inline std::string name_of_host(const testing::TestParamInfo<HostKind>& info) {
  return info.param.name;
}
inline void PrintTo(const HostKind& kind, std::ostream* out) {
  *out << kind.name;
}

// A test on one host, with words for what every test does.
class HostTest : public testing::TestWithParam<HostKind> {
 public:
  HostTest() : host_(GetParam().make()) {}

  // The kernel's answer; an error fails the test.
  [[nodiscard]] Observed observe() const;
  [[nodiscard]] Link link(const std::string& name) const { return observe().state.links[name]; }
  // Performs, and expects success.
  void perform(const Step& step) const;
  // Performs, and gives the errno; 0 for success.
  [[nodiscard]] int refused(const Step& step) const;

  [[nodiscard]] Host& host() const { return *host_; }
  void plug_in(const std::string& card) const { host_->plug_in(card); }
  void plug_in_and_up(const std::string& card) const;

 private:
  std::unique_ptr<Host> host_;
};

}  // namespace hawser::contract
