#include "lbctl/import/ldirectord.h"

#include <algorithm>
#include <array>
#include <set>

#include "lbctl/import/ldirectord_check.h"
#include "lbctl/import/ldirectord_file.h"
#include "lbctl/import/words.h"

namespace hawser::lbctl {

namespace {

using config::plain_value;

// Settings of ldirectord itself, and why none of ours is theirs.
constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kNoWord{{
    {"autoreload", "'netd reload' reads the file again"},
    {"callback", "no program is run after a reload"},
    {"checkcount", "a ping is tried once; failurecount tells how often it may fail"},
    {"cleanstop", "services stay when netd stops"},
    {"comment", "no word for it: write it behind #"},
    {"emailalert", "alerts are not there yet"},
    {"emailalertfrom", "alerts are not there yet"},
    {"emailalertfreq", "alerts are not there yet"},
    {"emailalertstatus", "alerts are not there yet"},
    {"execute", "one netd serves all files in hawser.d"},
    {"fallbackcommand", "no program is run when no server is left"},
    {"load", "ldirectord does nothing with it"},
    {"logfile", "netd writes to the journal"},
    {"maintenancedir", "no file puts a server out of service: write weight = 0"},
    {"monitorfile", "netd says in its events why a server is down"},
    {"readdquiescent", "netd puts back what is missing"},
    {"smtp", "alerts are not there yet"},
    {"supervised", "netd runs in the foreground"},
}};
// What virtual services and checks are made of.
constexpr auto kOfVirtual = std::to_array<std::string_view>(
    {"real",        "real6",        "checktype",        "service",      "checkcommand",
     "checkport",   "request",      "receive",          "httpmethod",   "virtualhost",
     "login",       "passwd",       "database",         "secret",       "scheduler",
     "schedflags",  "persistent",   "netmask",          "protocol",     "ops",
     "servicename", "checktimeout", "negotiatetimeout", "failurecount", "checkinterval",
     "fallback",    "fallback6",    "quiescent"});
constexpr auto kOfAll =
    std::to_array<std::string_view>({"checktimeout", "negotiatetimeout", "failurecount", "checkinterval",
                                     "fallback", "fallback6", "quiescent", "fork"});
constexpr auto kTimes =
    std::to_array<std::string_view>({"checktimeout", "negotiatetimeout", "checkinterval"});
constexpr std::string_view kNoCount = "it is no number above 0, or too large a one";

bool is_sound_count(const LdSetting& setting) {
  if (std::ranges::find(kTimes, setting.key) != kTimes.end())
    return seconds_in(setting.value).value_or(Milliseconds(0)).count() > 0;
  return setting.key != "failurecount" || whole_number(setting.value).value_or(0) > 0;
}

// "web" 10 "request", "receive" l:5 u:9.
struct LdReal {
  Endpoint first, last;
  std::string forwarding;
  std::int64_t weight = 1;
  std::optional<std::int64_t> upper, lower;
  LdAsked asked;
};

Result<std::string> forwarding_of(std::string_view word) {
  if (word == "gate") return "direct";
  if (word == "masq") return "masquerade";
  if (word == "ipip") return "tunnel";
  return fail("\"{}\" is not gate, masq or ipip", word);
}

class LdRealReader {
 public:
  explicit LdRealReader(const LdSetting& setting) : rest_(setting.value) {
    real_.asked.origin = setting.origin;
  }

  Result<LdReal> read() {
    auto addresses = next();
    const auto arrow = addresses.find("->");
    if (arrow != std::string::npos) {
      const auto first = endpoint_in(addresses.substr(0, arrow));
      if (!first) return tl::unexpected(first.error());
      real_.first = *first;
      addresses = addresses.substr(arrow + 2);
    }
    const auto last = endpoint_in(addresses);
    if (!last) return tl::unexpected(last.error());
    real_.last = *last;
    if (arrow == std::string::npos) real_.first = *last;
    real_.first.port = real_.last.port;
    auto forwarding = forwarding_of(next());
    if (!forwarding) return tl::unexpected(forwarding.error());
    real_.forwarding = std::move(*forwarding);
    return read_more();
  }

 private:
  std::string next() {
    auto [word, rest] = first_word(rest_);
    rest_ = std::move(rest);
    return word;
  }

  Result<LdReal> read_more() {
    if (const auto weight = whole_number(first_word(rest_).first)) {
      real_.weight = *weight;
      next();
    }
    if (rest_.starts_with('"')) {
      if (auto read = read_texts(); !read) return tl::unexpected(read.error());
    }
    while (!rest_.empty()) {
      const auto word = next();
      const auto number = whole_number(word.substr(std::min<std::size_t>(word.size(), 2)));
      if (!number || (!word.starts_with("l:") && !word.starts_with("u:")))
        return fail("{} is nothing that a real server has", word);
      (word.front() == 'l' ? real_.lower : real_.upper) = *number;
    }
    return std::move(real_);
  }

  Status read_texts() {
    std::array<std::string, 2> texts;
    for (auto& text : texts) {
      const auto end = rest_.find('"', 1);
      if (!rest_.starts_with('"') || end == std::string::npos)
        return fail("it is not \"REQUEST\", \"RECEIVE\"");
      text = rest_.substr(1, end - 1);
      rest_ = trimmed(std::string_view(rest_).substr(end + 1));
      if (rest_.starts_with(',')) rest_ = trimmed(std::string_view(rest_).substr(1));
    }
    real_.asked.request = texts[0];
    real_.asked.receive = texts[1];
    return {};
  }

  std::string rest_;
  LdReal real_;
};

// One virtual service.
class LdWriter {
 public:
  LdWriter(const LdFile& file, const LdVirtual& one, Draft& draft)
      : virtual_(one), scope_(file, one), draft_(draft) {}

  void write() {
    for (const auto& setting : virtual_.settings) is_known(setting);
    auto key = read_key();
    if (!key) return leave_all(key.error().text);
    key_ = *key;
    const auto* named = scope_.own("servicename");
    name_ = named == nullptr ? service_name(key_) : bare_name(named->value);
    auto& section = draft_.section("service", name_, virtual_.head.origin);
    section.add_text("virtual", to_string(key_), virtual_.head.origin, Without::kGoes);
    schedule(section);
    persist(section);
    on_failure(section);
    for (const auto& setting : virtual_.settings)
      if (setting.key == "real" || setting.key == "real6") write_reals(section, setting);
    sorry(section);
    draft_.gather_reals(section);
  }

 private:
  void leave_all(std::string_view why) {
    draft_.leave_out(virtual_.head.origin, why);
    for (const auto& setting : virtual_.settings)
      draft_.leave_out(setting.origin, "what it belongs to is left out");
  }

  void is_known(const LdSetting& setting) {
    const auto* const none = std::ranges::find(kNoWord, setting.key, &decltype(kNoWord)::value_type::first);
    if (none != kNoWord.end()) return draft_.leave_out(setting.origin, none->second);
    if (std::ranges::find(kOfVirtual, setting.key) == kOfVirtual.end())
      return draft_.leave_out(setting.origin, "ldirectord has no such setting of a virtual service");
    if (!is_sound_count(setting)) return draft_.leave_out(setting.origin, kNoCount);
    if (setting.key == "checkcommand")
      return draft_.leave_out(setting.origin, "no word for the arguments of such a program");
    const bool is_last = scope_.own(setting.key) == &setting || setting.key.starts_with("real");
    if (!is_last) draft_.leave_out(setting.origin, "a later line says it again, and counts");
  }

  Result<ServiceKey> read_key() {
    const auto& head = virtual_.head;
    const auto* written = scope_.own("protocol");
    if (const auto mark = whole_number(head.value)) {
      protocol_ = "fwm";
      if (written != nullptr && written->value != "fwm")
        draft_.leave_out(written->origin, "a mark has no protocol");
      return ServiceKey::parse(fmt::format("fwmark{} {}", head.key == "virtual6" ? "6" : "", *mark));
    }
    const auto endpoint = endpoint_in(head.value);
    if (!endpoint) return tl::unexpected(endpoint.error());
    protocol_ = endpoint->port == 53 ? "udp" : "tcp";
    if (written != nullptr) protocol_ = written->value;
    const auto transport = from_name<Transport>(protocol_);
    if (!transport || *transport == Transport::kFwmark) return fail("{} is no protocol of it", protocol_);
    return ServiceKey{*transport, *endpoint, 0};
  }

  void schedule(DraftSection& section) {
    const auto* scheduler = scope_.own("scheduler");
    section.set_text("scheduler", scheduler == nullptr ? "wrr" : scheduler->value,
                     scheduler == nullptr ? virtual_.head.origin : scheduler->origin, Without::kGoes);
    if (const auto* ops = scope_.own("ops")) section.set_flag("one_packet", ops->origin, ops->value == "yes");
    const auto* flags = scope_.own("schedflags");
    if (flags == nullptr) return;
    for (std::size_t at = 0; at <= flags->value.size();) {
      const auto end = std::min(flags->value.find(',', at), flags->value.size());
      section.add_text("scheduler_flags", flags->value.substr(at, end - at), flags->origin);
      at = end + 1;
    }
  }

  void persist(DraftSection& section) {
    if (const auto* persistent = scope_.own("persistent")) {
      if (const auto time = seconds_in(persistent->value))
        section.set_text("persistence", format_duration(*time), persistent->origin);
      else
        draft_.leave_out(persistent->origin, "it is no time in seconds");
    }
    if (const auto* mask = scope_.own("netmask")) {
      if (const auto length = whole_number(mask->value))
        section.set_number("persistence_netmask", *length, mask->origin);
      else
        section.set_text("persistence_netmask", mask->value, mask->origin);
    }
  }

  void on_failure(DraftSection& section) {
    const auto* quiescent = scope_.any("quiescent");
    if (quiescent == nullptr) return;
    if (quiescent->value == "yes" || quiescent->value == "no")
      section.set_text("on_failure", quiescent->value == "yes" ? "quiesce" : "remove", quiescent->origin);
    else
      draft_.leave_out(quiescent->origin, "it is neither yes nor no");
  }

  void write_reals(DraftSection& section, const LdSetting& setting) {
    auto real = LdRealReader(setting).read();
    if (!real) return draft_.leave_out(setting.origin, real.error().text);
    if (real->first.address.family() != key_.family() || real->last.address.family() != key_.family())
      return draft_.leave_out(setting.origin, "its family is not the service's: no word for that");
    const bool marked = key_.transport == Transport::kFwmark;
    const auto port = key_.virtual_address.port;
    if (!marked && real->forwarding != "masquerade" && real->last.port != 0 && real->last.port != port) {
      draft_.leave_out(setting.origin, fmt::format("port {}: {} cannot change it, {} is in its place",
                                                   real->last.port, real->forwarding, port));
      real->first.port = real->last.port = port;
    }
    if (real->first.address == real->last.address) return write_real(section, *real, real->first);
    write_range(section, setting, *real);
  }

  void write_range(DraftSection& section, const LdSetting& setting, const LdReal& real) {
    constexpr std::uint32_t kMost = 1024;
    if (real.first.address.is_v6()) return draft_.leave_out(setting.origin, "ranges are of IPv4 addresses");
    const auto first = real.first.address.v4_host_order();
    const auto last = real.last.address.v4_host_order();
    if (first > last || last - first >= kMost)
      return draft_.leave_out(setting.origin, fmt::format("it is no range of 1 to {} addresses", kMost));
    for (auto address = first;; ++address) {
      write_real(section, real, {IpAddress::v4(address), real.first.port});
      if (address == last) break;
    }
  }

  void write_real(DraftSection& section, const LdReal& real, const Endpoint& endpoint) {
    const auto& origin = real.asked.origin;
    if (!endpoints_.insert(endpoint).second)
      return draft_.leave_out(origin, fmt::format("{} is there already", address_text(endpoint)));
    auto& made = section.add_real(origin);
    made.set_text("address", address_text(endpoint), origin, Without::kGoes);
    made.set_text("forwarding", real.forwarding, origin, Without::kGoes);
    weigh(made, real);
    if (real.upper) made.set_number("upper_threshold", *real.upper, origin);
    if (real.lower) made.set_number("lower_threshold", *real.lower, origin);
    const LdWhom whom{protocol_, key_.virtual_address.port,
                      endpoint.port != 0 ? endpoint.port : key_.virtual_address.port};
    if (auto check = ldirectord_check(scope_, whom, real.asked, draft_)) {
      const auto from = check->origin;
      draft_.add_check(made, name_, std::move(*check), from);
    }
  }

  void weigh(DraftSection& made, const LdReal& real) {
    const auto* type = scope_.own("checktype");
    if (type != nullptr && type->value == "off") {
      draft_.leave_out(type->origin, "a server that is off has weight 0 here");
      made.set_number("weight", 0, type->origin);
    } else {
      made.set_number("weight", real.weight, real.asked.origin, Without::kGoes);
    }
  }

  // The last server, when none is left.
  void sorry(DraftSection& section) {
    const auto key = key_.family() == Family::kIpv6 ? "fallback6" : "fallback";
    for (const auto* setting : {scope_.own(key), scope_.global(key)}) {
      if (setting == nullptr) continue;
      const auto [where, method] = first_word(setting->value);
      auto endpoint = endpoint_in(where);
      if (!endpoint) return draft_.leave_out(setting->origin, endpoint.error().text);
      const auto forwarding = forwarding_of(method.empty() ? "gate" : method);
      if (!forwarding) return draft_.leave_out(setting->origin, forwarding.error().text);
      const auto port = key_.virtual_address.port;
      if (key_.transport != Transport::kFwmark && *forwarding != "masquerade" && endpoint->port != 0 &&
          endpoint->port != port) {
        draft_.leave_out(setting->origin, fmt::format("port {}: {} cannot change it, {} is in its place",
                                                      endpoint->port, *forwarding, port));
        endpoint->port = port;
      }
      config::Table real{{"address", {}, plain_value(address_text(*endpoint))},
                         {"forwarding", {}, plain_value(*forwarding)},
                         {"checks", {}, plain_value(config::List{})}};  // it is asked nothing
      section.set("sorry", plain_value(config::List{plain_value(std::move(real))}), setting->origin);
      return;
    }
  }

  const LdVirtual& virtual_;
  LdScope scope_;
  Draft& draft_;
  ServiceKey key_;
  std::string protocol_, name_;
  std::set<Endpoint> endpoints_;
};

void judge_global(const LdFile& file, const LdSetting& setting, Draft& draft) {
  const auto* const none = std::ranges::find(kNoWord, setting.key, &decltype(kNoWord)::value_type::first);
  if (none != kNoWord.end()) return draft.leave_out(setting.origin, none->second);
  if (std::ranges::find(kOfAll, setting.key) == kOfAll.end())
    return draft.leave_out(setting.origin, "ldirectord has no such setting above the virtual services");
  if (!is_sound_count(setting)) return draft.leave_out(setting.origin, kNoCount);
  const bool again = std::ranges::any_of(
      file.globals, [&](const LdSetting& other) { return &other > &setting && other.key == setting.key; });
  if (again) draft.leave_out(setting.origin, "a later line says it again, and counts");
}

}  // namespace

void import_ldirectord(const config::Source& source, Draft& draft) {
  const auto file = parse_ldirectord(source);
  for (const auto& line : file.unread) draft.leave_out(line, "it is no NAME = VALUE where one can stand");
  for (const auto& setting : file.globals) judge_global(file, setting, draft);
  for (const auto& one : file.virtuals) LdWriter(file, one, draft).write();
}

}  // namespace hawser::lbctl
