#include "lib/state/ipvs.h"

#include <charconv>

namespace hawser {

namespace {

constexpr std::string_view kFwmark6 = "fwmark6";

Result<ServiceKey> parse_mark(Family family, std::string_view text) {
  ServiceKey key;
  key.transport = Transport::kFwmark;
  if (family == Family::kIpv6) key.virtual_address.address = *IpAddress::parse("::");
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, key.fwmark);
  if (problem != std::errc{} || stop != end || key.fwmark == 0)
    return fail("\"{}\" is not a mark from 1 to 4294967295", text);
  return key;
}

constexpr std::array kSchedulerFlags{ServiceFlag::kSched1, ServiceFlag::kSched2, ServiceFlag::kSched3};
constexpr std::array<std::string_view, 3> kPlainWords{"flag-1", "flag-2", "flag-3"};
constexpr std::array<std::string_view, 2> kHashWords{"-fallback", "-port"};  // of sh and mh

bool is_hash(std::string_view scheduler) {
  return scheduler == "sh" || scheduler == "mh";
}

}  // namespace

std::vector<std::string> scheduler_flags(const Service& service) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < kSchedulerFlags.size(); ++i) {
    if (!has_flag(service, kSchedulerFlags.at(i))) continue;
    const bool own = i < kHashWords.size() && is_hash(service.scheduler);
    words.push_back(own ? fmt::format("{}{}", service.scheduler, kHashWords.at(i))
                        : std::string(kPlainWords.at(i)));
  }
  return words;
}

std::optional<ServiceFlag> scheduler_flag(std::string_view word) {
  const bool of_hash = is_hash(word.substr(0, 2));
  for (std::size_t i = 0; i < kSchedulerFlags.size(); ++i)
    if (word == kPlainWords.at(i) || (of_hash && i < kHashWords.size() && word.substr(2) == kHashWords.at(i)))
      return kSchedulerFlags.at(i);
  return std::nullopt;
}

bool is_flag_of(std::string_view word, std::string_view scheduler) {
  if (!scheduler_flag(word)) return false;
  return !is_hash(word.substr(0, 2)) || word.substr(0, 2) == scheduler;
}

Result<ServiceKey> ServiceKey::parse(std::string_view text) {
  const auto space = text.find(' ');
  const auto word = text.substr(0, space);
  const auto rest = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
  if (word == kFwmark6) return parse_mark(Family::kIpv6, rest);
  const auto transport = from_name<Transport>(word);
  if (!transport || rest.empty())
    return fail("\"{}\" is not a virtual service such as \"tcp 192.0.2.1:80\" or \"fwmark 7\"", text);
  if (*transport == Transport::kFwmark) return parse_mark(Family::kIpv4, rest);
  const auto endpoint = Endpoint::parse(rest);
  if (!endpoint) return tl::unexpected(endpoint.error());
  return ServiceKey{*transport, *endpoint, 0};
}

std::string to_string(const ServiceKey& key) {
  if (key.transport != Transport::kFwmark)
    return fmt::format("{} {}", name_of(key.transport), to_string(key.virtual_address));
  const auto word = key.family() == Family::kIpv6 ? kFwmark6 : name_of(Transport::kFwmark);
  return fmt::format("{} {}", word, key.fwmark);
}

}  // namespace hawser
