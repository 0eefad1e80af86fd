#include "lib/plan/nft_steps.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "lib/plan/object.h"

namespace hawser {

namespace {

constexpr std::string_view kNftObject = "nftables inet hawser";
constexpr std::size_t kMostRuns = 4;  // of addresses that a line names

// What is one service to people: the addresses of one mark with the same ports.
struct Together {
  std::uint32_t mark = 0;  // 0: source NAT
  std::string service;
  Transport transport{};
  std::uint16_t first_port = 0, last_port = 0;
  Family family{};
  auto operator<=>(const Together&) const = default;
};

bool follows(const IpAddress& address, const IpAddress& before) {
  if (address.family() != before.family()) return false;
  std::array<std::uint8_t, 16> next{};
  const auto bytes = before.bytes();
  std::ranges::copy(bytes, next.begin());
  for (auto at = bytes.size(); at-- > 0;)
    if (++next.at(at) != 0) break;
  return std::ranges::equal(address.bytes(), std::span(next).first(bytes.size()));
}

std::string in_brackets(const IpAddress& address) {
  return address.is_v6() ? fmt::format("[{}]", address) : to_string(address);
}

// "192.0.2.1-192.0.2.9", "192.0.2.1, 192.0.2.7"; of many the first and how many more.
std::string runs_of(const std::vector<IpAddress>& addresses) {
  std::vector<std::pair<IpAddress, IpAddress>> runs;
  for (const auto& address : addresses)
    if (!runs.empty() && follows(address, runs.back().second))
      runs.back().second = address;
    else
      runs.emplace_back(address, address);
  std::string text;
  for (std::size_t i = 0; i < std::min(runs.size(), kMostRuns); ++i) {
    const auto& [first, last] = runs[i];
    text += fmt::format("{}{}", i == 0 ? "" : ", ", in_brackets(first));
    if (last != first) text += "-" + in_brackets(last);
  }
  if (runs.size() > kMostRuns) text += fmt::format(" and {} more", runs.size() - kMostRuns);
  return text;
}

std::string what_is_done(const Together& one) {
  if (one.mark == 0) return "source NAT";
  return fmt::format("fwmark{} {}", one.family == Family::kIpv6 ? "6" : "", one.mark);
}

std::string in_a_line(const NftContents& contents) {
  std::string text;
  for (const auto& words : in_words(contents)) text += (text.empty() ? "" : "; ") + words;
  return text.empty() ? "nothing in it" : text;
}

struct DescribeNft {
  std::string operator()(const MakeNftTable& step) const {
    return fmt::format("{}: make table: {}", kNftObject, in_a_line(step.contents));
  }
  std::string operator()(const RemakeNftTable& step) const {
    return fmt::format("{}: make table anew: {}", kNftObject, in_a_line(step.contents));
  }
  std::string operator()(const SetNftContents& step) const {
    const auto added = without(step.to, step.from);
    const auto gone = without(step.from, step.to);
    std::string text;
    if (!gone.empty()) text += "remove " + in_a_line(gone);
    if (!added.empty()) text += (text.empty() ? "" : "; ") + ("add " + in_a_line(added));
    return fmt::format("{}: change table: {}", kNftObject, text);
  }
  std::string operator()(const DeleteNftTable& /*step*/) const {
    return fmt::format("{}: delete table", kNftObject);
  }
};

struct SimulateNft {
  std::optional<NftTable>& table;

  void operator()(const MakeNftTable& step) const { table = NftTable{true, true, step.contents}; }
  void operator()(const RemakeNftTable& step) const { table = NftTable{true, true, step.contents}; }
  void operator()(const SetNftContents& step) const { table = NftTable{true, true, step.to}; }
  void operator()(const DeleteNftTable& /*step*/) const { table.reset(); }
};

}  // namespace

std::vector<std::string> in_words(const NftContents& contents) {
  std::map<Together, std::vector<IpAddress>> groups;
  const auto put = [&](const Marked& key, std::uint32_t mark, const std::string& service) {
    groups[{mark, service, key.transport, key.first_port, key.last_port, key.address.family()}].push_back(
        key.address);
  };
  for (const auto& [key, value] : contents.marks) put(key, value.mark, value.service);
  for (const auto& [key, service] : contents.nats) put(key, 0, service);
  std::vector<std::string> all;
  for (const auto& [one, addresses] : groups) {
    auto ports = std::to_string(one.first_port);
    if (one.last_port != one.first_port) ports += fmt::format("-{}", one.last_port);
    const auto whose = one.service.empty() ? std::string() : " of " + one.service;
    all.push_back(fmt::format("{}{}: {} {} port {}", what_is_done(one), whose, name_of(one.transport),
                              runs_of(addresses), ports));
  }
  return all;
}

std::vector<NftStep> towards_nft(const std::optional<NftTable>& from, const std::optional<NftTable>& wish) {
  if (!wish) return from && from->ours ? std::vector<NftStep>{DeleteNftTable{}} : std::vector<NftStep>{};
  if (!wish->ours) return {};  // of somebody else, who sees to it
  const auto& wanted = wish->contents;
  if (!from || !from->ours) return {MakeNftTable{wanted}};
  if (!from->whole || from->contents.nats.empty() != wanted.nats.empty()) return {RemakeNftTable{wanted}};
  if (from->contents == wanted) return {};
  return {SetNftContents{from->contents, wanted}};
}

std::string family::describe(const NftStep& step) {
  return std::visit(DescribeNft{}, step);
}

std::string family::object_of(const NftStep& /*step*/) {
  return std::string(kNftObject);
}

std::string family::unit_of(const NftStep& step, const Sides& /*sides*/) {
  return object_of(step);
}

void family::touch(Touched& touched, const NftStep& /*step*/) {
  touched.nft = true;
}

void family::simulate(State& state, const NftStep& step) {
  std::visit(SimulateNft{state.nft}, step);
}

}  // namespace hawser
