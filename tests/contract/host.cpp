#include "tests/contract/host.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <stdexcept>

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/netlink/netlink_kernel.h"
#include "tests/contract/tools.h"
#include "tests/support/fake/fake_kernel.h"

namespace hawser::contract {

namespace {

class FakeHost : public Host {
 public:
  FakeHost() = default;
  Kernel& kernel() override { return kernel_; }
  void plug_in(const std::string& card) override { kernel_.plug_in(card); }
  void set_carrier(const std::string& card, bool carrier) override { kernel_.set_carrier(card, carrier); }
  void occupy(const std::string& card) override { kernel_.set_in_use(card, true); }
  void flush_nft() override { kernel_.set_nft(std::nullopt); }
  void make_foreign_nft() override { kernel_.set_nft(NftTable{false, false, {}}); }

 protected:
  FakeKernel kernel_;
};

// Linux 6.1 as it came out.
class OlderFakeHost : public FakeHost {
 public:
  OlderFakeHost() {
    for (const auto option :
         {BondOption::kCoupledControl, BondOption::kBroadcastNeighbor, BondOption::kLacpStrict})
      kernel_.lack(option);
    kernel_.lack_actor_port_prio();
    kernel_.lack_ad_select_by_port_prio();
  }
};

void enter_fresh_namespace() {
  if (unshare(CLONE_NEWNET) != 0)
    throw std::runtime_error(std::string("no network namespace to be had (root?): ") + std::strerror(errno));
}

NetlinkKernel opened(nl::Dialect dialect = {}) {
  auto kernel = NetlinkKernel::open(std::move(dialect));
  if (!kernel) throw std::runtime_error(kernel.error().text);
  return std::move(*kernel);
}

// The whole process moves; the namespace of the test before ends with its last socket.
class RealHost : public Host {
 public:
  RealHost() : RealHost((enter_fresh_namespace(), opened())) {}
  Kernel& kernel() override { return kernel_; }
  void plug_in(const std::string& card) override {
    run("ip link add " + card + " type veth peer name sw-" + card);
    set_carrier(card, true);
  }
  void set_carrier(const std::string& card, bool carrier) override {
    run("ip link set sw-" + card + (carrier ? " up" : " down"));
  }
  void occupy(const std::string& card) override {
    run("ip link add link " + card + " name on-" + card + " type macvlan");
  }
  void flush_nft() override { run("nft flush ruleset"); }
  void make_foreign_nft() override { run("nft add table inet hawser"); }

 protected:
  explicit RealHost(NetlinkKernel kernel) : kernel_(std::move(kernel)) { run("ip link set lo up"); }

 private:
  NetlinkKernel kernel_;
};

// /sys shows the devices of the namespace in which it was mounted.
class Sysfs {
 public:
  Sysfs() {
    if (::mkdtemp(root_.data()) == nullptr) throw std::runtime_error("no directory for sysfs");
    run("mount -t sysfs sysfs " + root_);
  }
  Sysfs(const Sysfs&) = delete;
  Sysfs& operator=(const Sysfs&) = delete;
  ~Sysfs() {
    ::umount2(root_.c_str(), MNT_DETACH);
    ::rmdir(root_.c_str());
  }
  [[nodiscard]] std::string devices() const { return root_ + "/class/net"; }

 private:
  std::string root_ = "/tmp/hawser-sysfs-XXXXXX";
};

struct FreshNamespaceWithSysfs {
  FreshNamespaceWithSysfs() {
    enter_fresh_namespace();
    sysfs = std::make_unique<Sysfs>();
  }
  std::unique_ptr<Sysfs> sysfs;
};

// As a kernel older than these attributes: each of them has a file.
class FilesHost : private FreshNamespaceWithSysfs, public RealHost {
 public:
  FilesHost()
      : RealHost(opened({.unknown = {BondOption::kMiimon, BondOption::kUpdelay, BondOption::kPeerNotifDelay,
                                     BondOption::kFailOverMac, BondOption::kXmitHashPolicy,
                                     BondOption::kNumGratArp, BondOption::kLacpRate, BondOption::kLacpActive,
                                     BondOption::kTlbDynamicLb, BondOption::kArpMissedMax},
                         .files = nl::BondFiles(sysfs->devices())})) {}
};

template <class Made>
std::unique_ptr<Host> make() {
  return std::make_unique<Made>();
}

constexpr HostKind kFake{"FakeKernel", make<FakeHost>};
constexpr HostKind kOlderFake{"OlderFakeKernel", make<OlderFakeHost>};
constexpr HostKind kReal{"NetlinkKernel", make<RealHost>};
constexpr HostKind kByFiles{"NetlinkKernelAndFiles", make<FilesHost>};

const char* trial(Need need) {
  switch (need) {
    case Need::kBonding:
      return "ip link add trial0 type bond";
    case Need::kLinkKinds:
      return "ip link add trial0 type dummy && ip link add link trial0 name trial1 type vlan id 7 && "
             "ip link add trial2 type vrf table 7";
    case Need::kIpvs:
      return "ipvsadm -A -t 192.0.2.1:80";
    case Need::kNft:
      return "nft add table inet trial";
    default:
      return "true";
  }
}

// In a child, so that the namespace of this process stays what it is.
bool succeeds_in_a_namespace(const char* line) {
  const auto child = fork();
  if (child == 0) {
    const bool good = unshare(CLONE_NEWNET) == 0 &&
                      std::system((std::string("(") + line + ") > /dev/null 2>&1").c_str()) == 0;
    _exit(good ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  return status == 0;
}

}  // namespace

bool kernel_has(Need need) {
  static std::map<Need, bool> known;
  const auto found = known.find(need);
  if (found != known.end()) return found->second;
  return known[need] = succeeds_in_a_namespace(trial(need));
}

std::string missing_modules() {
  std::string missing;
  const auto note = [&](Need need, const char* names) {
    if (!kernel_has(need)) missing += (missing.empty() ? "" : ", ") + std::string(names);
  };
  note(Need::kNothing, "network namespaces");
  note(Need::kBonding, "bonding");
  note(Need::kLinkKinds, "dummy, 8021q or vrf");
  note(Need::kIpvs, "ip_vs");
  note(Need::kNft, "nf_tables");
  return missing;
}

std::vector<HostKind> real_hosts(Need need) {
  if (!kernel_has(Need::kNothing) || !kernel_has(need)) return {};
  return {kReal};
}

std::vector<HostKind> hosts(Need need) {
  auto all = real_hosts(need);
  all.push_back(kFake);
  return all;
}

std::vector<HostKind> hosts_of_every_age(Need need) {
  auto all = hosts(need);
  all.push_back(kOlderFake);
  if (!real_hosts(need).empty()) all.push_back(kByFiles);
  return all;
}

Observed HostTest::observe() const {
  auto observed = host_->kernel().observe(Scope{});
  EXPECT_TRUE(observed.has_value()) << observed.error().text;
  return observed.value_or(Observed{});
}

void HostTest::perform(const Step& step) const {
  const auto status = host_->kernel().perform(step);
  EXPECT_TRUE(status.has_value()) << status.error().text;
}

int HostTest::refused(const Step& step) const {
  const auto status = host_->kernel().perform(step);
  if (status) return 0;
  EXPECT_TRUE(status.error().text.starts_with(describe(step) + ": ")) << status.error().text;
  return status.error().code;
}

void HostTest::plug_in_and_up(const std::string& card) const {
  plug_in(card);
  perform(SetLinkUp{card, true});
}

}  // namespace hawser::contract
