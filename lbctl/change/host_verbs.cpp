#include "lbctl/change/host_verbs.h"

#include <array>
#include <set>

#include <boost/json.hpp>

#include "lbctl/rules/words.h"
#include "lib/base/duration.h"
#include "lib/base/find_in.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/netlink/netlink_kernel.h"

namespace hawser::lbctl {

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

struct KeyValue {
  std::string key, value;
};

Result<KeyValue> key_value(const std::string& word, std::set<std::string>& seen) {
  const auto equals = word.find('=');
  if (equals == 0 || equals == std::string::npos) return fail("{}: not a setting: write KEY=VALUE", word);
  KeyValue pair{word.substr(0, equals), word.substr(equals + 1)};
  if (!seen.insert(pair.key).second) return fail("{}: given twice", pair.key);
  return pair;
}

Result<std::uint32_t> timeout_in(const std::string& text) {
  const auto time = parse_duration(text);
  if (!time || *time < 1s || *time > 31 * 24h || time->count() % 1000 != 0)
    return fail("must be a duration from 1s to 744h in whole seconds, such as \"15m\", not \"{}\"", text);
  return static_cast<std::uint32_t>(time->count() / 1000);
}

template <class Number>
Status number_into(Number& field, const std::string& text, std::uint32_t least, std::uint32_t most) {
  const auto number = parse_rule_number(text, least, most);
  if (!number) return fail("must be a number from {} to {}, not \"{}\"", least, most, text);
  field = static_cast<Number>(*number);
  return {};
}

Status take_sync_setting(SyncDaemon& daemon, const KeyValue& pair) {
  const auto& [key, value] = pair;
  if (key == "id") return number_into(daemon.id, value, 0, 255);
  if (key == "maxlen") return number_into(daemon.maxlen, value, 1, 65507);
  if (key == "port") return number_into(daemon.port, value, 1, 65535);
  if (key == "ttl") return number_into(daemon.ttl, value, 1, 255);
  if (key == "interface") {
    if (value.empty() || value.size() > 15) return fail("\"{}\" is not the name of an interface", value);
    daemon.interface = value;
    return {};
  }
  if (key != "group") return fail("no such setting: there are interface, id, maxlen, group, port and ttl");
  const auto group = IpAddress::parse(value);
  if (!group || !group->is_multicast()) return fail("\"{}\" is not a multicast address", value);
  daemon.group = *group;
  return {};
}

json::object sync_json(SyncRole role, const SyncDaemon& daemon) {
  return {{"role", name_of(role)},   {"interface", daemon.interface},    {"id", daemon.id},
          {"maxlen", daemon.maxlen}, {"group", to_string(daemon.group)}, {"port", daemon.port},
          {"ttl", daemon.ttl}};
}

Result<Observed> look_at_host() {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return tl::unexpected(kernel.error());
  return kernel->observe(kIpvsHostOnly);
}

TableChange wrong_host_words(const std::string& object, const std::vector<std::string>& wrong) {
  TableChange change;
  change.status = kUsage;
  for (const auto& what : wrong) change.problems.push_back(fmt::format("{}: {}", object, what));
  return change;
}

int misused(const cli::Arguments& arguments, std::string_view what) {
  cli::refuse(arguments, fmt::format("lbctl {}", arguments.verb), what);
  return kUsage;
}

int show_timeouts(const cli::Arguments& arguments) {
  const auto seen = look_at_host();
  if (!seen) return cli::refuse(arguments, "lbctl", seen.error());
  if (!seen->state.ipvs.timeouts)
    return cli::refuse(arguments, "lbctl", "ip_vs module missing: load it with modprobe ip_vs");
  const auto& timeouts = *seen->state.ipvs.timeouts;
  if (!arguments.json) {
    cli::print(timeouts_text(timeouts));
    return kDone;
  }
  cli::print(control::pretty(
      {{"format", 1}, {"tcp", timeouts.tcp}, {"tcp_fin", timeouts.tcp_fin}, {"udp", timeouts.udp}}));
  return kDone;
}

int show_sync(const cli::Arguments& arguments) {
  const auto seen = look_at_host();
  if (!seen) return cli::refuse(arguments, "lbctl", seen.error());
  const auto& daemons = seen->state.ipvs.daemons;
  if (!arguments.json) {
    cli::print(sync_text(daemons));
    return kDone;
  }
  json::array list;
  for (const auto& [role, daemon] : daemons) list.push_back(sync_json(role, daemon));
  cli::print(control::pretty({{"format", 1}, {"daemons", std::move(list)}}));
  return kDone;
}

TableChange stop_sync(const State& there, SyncRole role) {
  TableChange change;
  if (there.ipvs.daemons.contains(role))
    change.steps.push_back({0, StopSync{role}});
  else
    change.problems.push_back(fmt::format("sync {}: does not run", name_of(role)));
  return change;
}

}  // namespace

Edited<IpvsTimeouts> with_timeouts(Words words) {
  Edited<IpvsTimeouts> edited;
  std::set<std::string> seen;
  for (const auto& word : words) {
    const auto pair = key_value(word, seen);
    if (!pair) {
      edited.wrong.push_back(pair.error().text);
      continue;
    }
    auto& timeouts = edited.object;
    auto* into = pair->key == "tcp"       ? &timeouts.tcp
                 : pair->key == "tcp_fin" ? &timeouts.tcp_fin
                 : pair->key == "udp"     ? &timeouts.udp
                                          : nullptr;
    const auto time =
        into == nullptr ? fail("no such timeout: there are tcp, tcp_fin and udp") : timeout_in(pair->value);
    if (time)
      *into = *time;
    else
      edited.wrong.push_back(fmt::format("{}: {}", pair->key, time.error().text));
  }
  return edited;
}

Edited<SyncDaemon> with_sync_settings(Words words) {
  Edited<SyncDaemon> edited;
  std::set<std::string> seen;
  for (const auto& word : words) {
    const auto pair = key_value(word, seen);
    const auto taken = pair ? take_sync_setting(edited.object, *pair) : Status(tl::unexpected(pair.error()));
    if (!taken)
      edited.wrong.push_back(pair ? fmt::format("{}: {}", pair->key, taken.error().text)
                                  : taken.error().text);
  }
  if (edited.object.interface.empty() && edited.wrong.empty())
    edited.wrong.emplace_back("interface: is missing: write interface=eth0");
  return edited;
}

TableChange start_sync(const State& there, SyncRole role, Words words) {
  const auto object = fmt::format("sync {}", name_of(role));
  const auto edited = with_sync_settings(words);
  if (!edited.wrong.empty()) return wrong_host_words(object, edited.wrong);
  TableChange change;
  const auto* running = find_in(there.ipvs.daemons, role);
  if (running == nullptr)
    change.steps.push_back({0, StartSync{role, edited.object}});
  else if (settled(edited.object, role, *running) != *running)
    change.problems.push_back(fmt::format(
        "{}: runs already, with other settings: write 'lbctl sync stop {}' first", object, name_of(role)));
  return change;
}

std::string timeouts_text(const IpvsTimeouts& timeouts) {
  const auto time = [](std::uint32_t seconds) { return format_duration(std::chrono::seconds(seconds)); };
  return fmt::format("tcp {}, tcp_fin {}, udp {}\n", time(timeouts.tcp), time(timeouts.tcp_fin),
                     time(timeouts.udp));
}

std::string sync_text(const std::map<SyncRole, SyncDaemon>& daemons) {
  if (daemons.empty()) return "no sync daemon runs\n";
  std::string text;
  for (const auto& [role, daemon] : daemons)
    text += fmt::format("{}: interface {}, id {}, group {}, port {}, ttl {}, maxlen {}\n", name_of(role),
                        daemon.interface, daemon.id, daemon.group, daemon.port, daemon.ttl, daemon.maxlen);
  return text;
}

int zero_verb(const cli::Arguments& arguments) {
  if (arguments.words.empty())
    return change_table(arguments, kIpvsHostOnly, [](const Observed& /*observed*/) {
      TableChange change;
      change.steps.push_back({0, ZeroCounters{}});
      return change;
    });
  const auto target = target_service(arguments.words);
  if (!target) return misused(arguments, target.error().text);
  if (!target->rest.empty())
    return misused(arguments, fmt::format("'{}' is one word too many", target->rest.front()));
  return change_table(arguments, Scope{{Look::kIpvs}, {target->key}}, [&](const Observed& observed) {
    TableChange change;
    if (observed.state.services.contains(target->key))
      change.steps.push_back({0, ZeroCounters{target->key}});
    else
      change.problems.push_back(fmt::format("{}: no such service", target->key));
    return change;
  });
}

int timeouts_verb(const cli::Arguments& arguments) {
  if (arguments.words.empty()) return show_timeouts(arguments);
  const auto edited = with_timeouts(arguments.words);
  return change_table(arguments, kIpvsHostOnly, [&](const Observed& observed) {
    if (!edited.wrong.empty()) return wrong_host_words("timeouts", edited.wrong);
    TableChange change;
    const auto from = observed.state.ipvs.timeouts.value_or(IpvsTimeouts{});
    const auto to = settled(edited.object, from);
    if (to != from) change.steps.push_back({0, SetIpvsTimeouts{from, to}});
    return change;
  });
}

int sync_verb(const cli::Arguments& arguments) {
  const Words words(arguments.words);
  const auto act = words.empty() ? std::string("show") : words.front();
  if (act == "show" && words.size() <= 1) return show_sync(arguments);
  if (act != "start" && act != "stop")
    return misused(arguments, fmt::format("'{}' is none of start, stop and show", act));
  const auto role = words.size() < 2 ? std::nullopt : from_name<SyncRole>(words[1]);
  if (!role)
    return misused(arguments, fmt::format("which daemon? write 'lbctl sync {} master', or backup", act));
  const auto rest = words.subspan(2);
  if (act == "stop" && !rest.empty())
    return misused(arguments, fmt::format("'{}' is one word too many", rest.front()));
  return change_table(arguments, kIpvsHostOnly, [&](const Observed& observed) {
    return act == "start" ? start_sync(observed.state, *role, rest) : stop_sync(observed.state, *role);
  });
}

}  // namespace hawser::lbctl
