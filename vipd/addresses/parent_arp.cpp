#include "vipd/addresses/parent_arp.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <linux/netlink.h>

#include "lib/base/atomic_file.h"
#include "lib/netlink/link_codec.h"
#include "lib/netlink/socket.h"
#include "vipd/addresses/secondaries.h"

namespace hawser::vipd {

namespace {

using nl::InetSetting;

// arp_ignore: only for addresses of the interface itself. arp_announce: always with one of the interface's
// own.
constexpr std::array<std::pair<InetSetting, std::uint32_t>, 2> kNeeded{
    {{InetSetting::kArpIgnore, 1}, {InetSetting::kArpAnnounce, 2}}};

// Values that do as well. 3 of arp_ignore goes by scope and not by interface.
bool does(InetSetting setting, std::uint32_t value) {
  if (setting == InetSetting::kArpAnnounce) return value == 2;
  return value == 1 || value == 2 || value == 8;
}

std::filesystem::path arp_journal_in(const std::filesystem::path& state_directory) {
  return state_directory / "vipd-arp";
}

std::vector<ArpBefore> read_arp_journal(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::vector<ArpBefore> journal;
  if (!std::getline(in, line) || line != journal_era()) return journal;
  int index = 0;
  std::string word;
  std::uint32_t value = 0;
  while (in >> index >> word >> value)
    if (const auto setting = from_name<InetSetting>(word))
      journal.push_back({IfIndex{index}, *setting, value});
  return journal;
}

Status write_arp_journal(const std::filesystem::path& file, const std::vector<ArpBefore>& journal) {
  std::string text = journal_era() + "\n";
  for (const auto& before : journal)
    text += fmt::format("{} {} {}\n", before.link.value, name_of(before.setting), before.value);
  return write_atomically(file, text);
}

Result<std::vector<nl::InetConf>> look_at_arp(nl::Socket& socket, const std::vector<ArpBefore>& journal,
                                              const std::set<std::string>& wanted) {
  std::set<IfIndex> indexes;
  for (const auto& before : journal) indexes.insert(before.link);
  for (const auto& name : wanted)
    if (const auto index = socket.index_of(name)) indexes.insert(*index);
  std::vector<nl::InetConf> links;
  for (const auto index : indexes) {
    auto there = socket.ask(nl::encode_get_link(index), nl::decode_inet_conf);
    if (!there && there.error().code == ENODEV) continue;
    if (!there) return tl::unexpected(there.error());
    links.push_back(std::move(*there));
  }
  return links;
}

}  // namespace

ArpPlan plan_arp(const std::vector<ArpBefore>& journal, const std::set<std::string>& wanted,
                 const std::vector<nl::InetConf>& links) {
  ArpPlan plan;
  for (const auto& link : links)
    for (const auto& [setting, ours] : kNeeded) {
      const auto present = link.settings.find(setting);
      if (present == link.settings.end()) continue;  // no IPv4 there
      const auto value = present->second;
      const auto before = std::ranges::find_if(journal, [&](const ArpBefore& entry) {
        return entry.link == link.link && entry.setting == setting;
      });
      const bool set_by_us = before != journal.end() && value == ours;
      if (!wanted.contains(link.name)) {
        if (set_by_us && before->value != value) plan.restore.push_back({link.link, setting, before->value});
        continue;
      }
      if (set_by_us) plan.journal.push_back(*before);
      if (set_by_us || does(setting, value)) continue;
      plan.journal.push_back({link.link, setting, value});
      plan.set.push_back({link.link, setting, ours});
    }
  return plan;
}

Status ParentArp::want(const std::set<std::string>& interfaces) {
  const auto file = arp_journal_in(state_directory_);
  const auto written = read_arp_journal(file);
  const auto journal = unwritten_.empty() ? written : unwritten_;
  if (journal.empty() && interfaces.empty()) return {};
  auto socket = nl::Socket::open(NETLINK_ROUTE);
  if (!socket) return tl::unexpected(socket.error());
  const auto links = look_at_arp(*socket, journal, interfaces);
  if (!links) return fail_because("arp_ignore", links.error());
  const auto plan = plan_arp(journal, interfaces, *links);
  const auto bring_about = [&](const std::vector<ArpSetting>& settings, std::string_view words) {
    for (const auto& [index, setting, value] : settings) {
      const auto done = socket->request(nl::encode_set_inet_conf(index, {{setting, value}}));
      if (!done && done.error().code == ENODEV) continue;
      const auto link = std::ranges::find(*links, index, &nl::InetConf::link);
      Event event{.kind = EventKind::kInterface, .object = link == links->end() ? "" : link->name};
      event.what = fmt::format("{} {}", name_of(setting), value);
      if (done)
        event.to = words;
      else
        event.cause = {CauseKind::kKernel, std::strerror(done.error().code)};
      if (!done) event.level = Level::kWarning;
      tell_(event);
    }
  };
  bring_about(plan.restore, "set again, as it was");
  const auto kept = plan.journal == written ? Status{} : write_arp_journal(file, plan.journal);
  unwritten_ = kept ? std::vector<ArpBefore>{} : plan.journal;
  bring_about(plan.set, "set: only the device with the virtual MAC is to answer for its addresses");
  if (kept) return {};
  return fail(
      "{}: what arp_ignore and arp_announce were cannot be written down: they are put back when vipd "
      "stops, but not after a crash or a restart",
      kept.error().text);
}

}  // namespace hawser::vipd
