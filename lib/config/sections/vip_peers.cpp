// Whom a unicast vip talks to.
#include <algorithm>

#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/devices.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

using VipSection = Section<VipSpec>;

// Peers of unicast vips, put together.
class Peers {
 public:
  Peers(const File& file, const std::string& name, const VipSection& vip, Report* report)
      : file_(file), name_(name), vip_(vip), report_(report), families_(elections_of(vip.spec)) {}

  std::vector<IpAddress> find() {
    if (vip_.has("peers"))
      for (std::size_t i = 0; i < vip_.spec.peer_words.size(); ++i) add_word(vip_.spec.peer_words[i], i);
    else
      add_other_nodes();
    for (const auto family : families_) expect(family);
    std::ranges::sort(found_);
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    return found_;
  }

 private:
  void say(Place place, std::string what) const {
    if (report_ != nullptr) report_->add(Part::kVipd, place, vip_.path + ".peers", std::move(what));
  }

  void add(const IpAddress& address) {
    const auto own = file_.nodes.find(file_.view.node);
    const bool mine = own != file_.nodes.end() && std::ranges::find(own->second.spec.addresses, address) !=
                                                      own->second.spec.addresses.end();
    if (!mine && families_.contains(address.family())) found_.push_back(address);
  }

  [[nodiscard]] std::string fault_of(const IpAddress& address) const {
    if (auto wrong = reachable_fault(address); !wrong.empty()) return wrong;
    const bool moves = std::ranges::any_of(
        vip_.spec.addresses, [&](const VipAddress& own) { return own.prefix.address == address; });
    return moves ? fmt::format("{} moves: a peer is reached by an address that stays", address)
                 : std::string();
  }

  void add_word(const std::string& word, std::size_t index) {
    if (const auto node = file_.nodes.find(word); node != file_.nodes.end()) {
      for (const auto& address : node->second.spec.addresses) add(address);
    } else if (const auto address = IpAddress::parse(word)) {
      if (auto wrong = fault_of(*address); !wrong.empty()) say(vip_.at("peers", index), std::move(wrong));
      add(*address);
    } else {
      say(vip_.at("peers", index), fmt::format("{} is neither a node nor an address", quote(word)));
      wrong_ = true;
    }
  }

  void add_other_nodes() {
    const auto holders = file_.priorities.find(name_);
    for (const auto& [node, section] : file_.nodes) {
      if (node == file_.view.node) continue;
      if (holders != file_.priorities.end() && !holders->second.contains(node)) continue;
      for (const auto& address : section.spec.addresses) add(address);
    }
  }

  void expect(Family family) const {
    const bool some =
        std::ranges::any_of(found_, [&](const IpAddress& peer) { return peer.family() == family; });
    if (some || wrong_) return;
    say(vip_.at(vip_.has("peers") ? "peers" : "transport"),
        fmt::format("no other node has an {} address: add it to [nodes] or to peers", family_name(family)));
  }

  const File& file_;
  const std::string& name_;
  const VipSection& vip_;
  Report* report_;
  std::set<Family> families_;
  std::vector<IpAddress> found_;
  bool wrong_ = false;
};

}  // namespace

std::vector<IpAddress> peers_of(const File& file, const std::string& name, const VipSection& vip,
                                Report* report) {
  if (vip.spec.transport != VrrpTransport::kUnicast) return {};
  return Peers(file, name, vip, report).find();
}

}  // namespace hawser::config
