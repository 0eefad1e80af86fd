#include <algorithm>
#include <array>

#include "lbctl/import/keepalived.h"
#include "lbctl/import/keepalived_group.h"
#include "lbctl/import/words.h"

namespace hawser::lbctl {

namespace {

using config::plain_value;
using config::Table;

constexpr auto kSchedulerFlags = std::to_array<std::string_view>(
    {"flag-1", "flag-2", "flag-3", "sh-port", "sh-fallback", "mh-port", "mh-fallback"});
// What checks take from around them: lbctl/import/keepalived_check.cpp.
constexpr auto kOfChecks = std::to_array<std::string_view>(
    {"delay_loop", "connect_timeout", "retry", "nb_get_retry", "delay_before_retry", "virtualhost", "alpha"});
constexpr std::string_view kUnused = "no check of it takes it from here";

// "TUN type gue port 6080 csum"
struct KaMethod {
  std::string forwarding = "masquerade";
  Table tunnel;
};
Result<KaMethod> method_in(const std::vector<std::string>& words) {
  KaMethod method;
  if (words.size() < 2) return fail("it names no method");
  if (words[1] == "DR")
    method.forwarding = "direct";
  else if (words[1] == "TUN")
    method.forwarding = "tunnel";
  else if (words[1] != "NAT")
    return fail("{} is not NAT, DR or TUN", words[1]);
  for (std::size_t i = 2; i < words.size(); ++i) {
    const auto next = i + 1 < words.size() ? words[i + 1] : std::string();
    if (words[i] == "type") {
      method.tunnel.push_back({"type", {}, plain_value(next)});
      ++i;
    } else if (words[i] == "port" && port_number(next)) {
      method.tunnel.push_back({"port", {}, plain_value(std::int64_t{*port_number(next)})});
      ++i;
    } else if (words[i] == "csum") {
      method.tunnel.push_back({"checksum", {}, plain_value(true)});
    } else if (words[i] != "nocsum") {
      return fail("{}: no word for it", words[i]);
    }
  }
  return method;
}

class KaVirtual {
 public:
  KaVirtual(const KaNode& node, KaGlobals& globals, Draft& draft)
      : block_(node, draft), globals_(globals), draft_(draft) {}

  void write() {
    read_keys();
    if (keys_.empty()) return leave_out_all(draft_, block_.node(), "it names no virtual service");
    name_ = group_.empty() ? service_name(keys_.front().key) : bare_name(group_);
    auto& section = draft_.section("service", name_, block_.origin());
    for (const auto& key : keys_)
      section.append("virtual", plain_value(to_string(key)), key.origin, Without::kGoes);
    schedule(section);
    persist(section);
    for (const auto* node : block_.all({"real_server"})) write_real(section, *node);
    on_failure(section);
    quorum(section);
    sorry(section);
    draft_.gather_reals(section);
    for (const auto name : kOfChecks) block_.leave_untaken(name, kUnused);
    block_.leave_rest("virtual_server");
  }

 private:
  // --- "192.0.2.1 80", "fwmark 7", "group web" ---

  void read_keys() {
    const auto& words = block_.node().words;
    const auto* family = block_.last({"ip_family"});
    const auto mark_family = block_.value(family).value_or("inet") == "inet6" ? Family::kIpv6 : Family::kIpv4;
    auto transport = Transport::kTcp;
    if (const auto* line = block_.last({"protocol"})) transport = protocol_in(*line);
    if (words.size() > 2 && words[1] == "group") {
      group_ = words[2];
      const auto found = globals_.server_groups.find(group_);
      if (found == globals_.server_groups.end())
        return draft_.leave_out(block_.origin(), fmt::format("there is no virtual_server_group {}", group_));
      globals_.used_groups.insert(group_);
      keys_ = group_keys(*found->second, transport, mark_family, draft_);
      return;
    }
    // One line of a group says the same.
    KaNode line{block_.origin(), {words.begin() + 1, words.end()}, {}, false};
    KaNode group;
    if (!line.words.empty()) group.inside.push_back(std::move(line));
    keys_ = group_keys(group, transport, mark_family, draft_);
  }

  Transport protocol_in(const KaNode& line) {
    auto word = block_.value(&line).value_or("TCP");
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto transport = from_name<Transport>(word);
    if (transport && *transport != Transport::kFwmark) return *transport;
    draft_.leave_out(line.origin, "it is no protocol: tcp is in its place");
    return Transport::kTcp;
  }

  // --- how connections are spread ---

  void schedule(DraftSection& section) {
    const auto* scheduler = block_.last({"lvs_sched", "lb_algo"});
    if (const auto word = block_.value(scheduler))
      section.set_text("scheduler", *word, scheduler->origin, Without::kGoes);
    for (const auto flag : kSchedulerFlags)
      for (const auto* line : block_.all({flag}))
        section.add_text("scheduler_flags", std::string(flag), line->origin);
    if (const auto* line = block_.last({"ops"})) section.set_flag("one_packet", line->origin);
    const auto* method = block_.last({"lvs_method", "lb_kind"});
    if (method == nullptr) return;
    if (auto read = method_in(method->words)) {
      method_ = std::move(*read);
      method_origin_ = method->origin;
    } else {
      draft_.leave_out(method->origin, read.error().text + ": NAT is in its place");
    }
  }

  void persist(DraftSection& section) {
    const auto* timeout = block_.last({"persistence_timeout"});
    constexpr auto kUsual = Milliseconds(360'000);
    if (timeout != nullptr) {
      const auto time = timeout->words.size() == 1 ? std::optional(kUsual) : block_.seconds(timeout);
      if (time) section.set_text("persistence", format_duration(*time), timeout->origin);
    }
    if (const auto* mask = block_.last({"persistence_granularity", "granularity"}))
      if (const auto text = block_.value(mask)) {
        if (const auto length = whole_number(*text))
          section.set_number("persistence_netmask", *length, mask->origin);
        else
          section.set_text("persistence_netmask", *text, mask->origin);
      }
    if (const auto* engine = block_.last({"persistence_engine"}))
      if (const auto text = block_.value(engine))
        section.set_text("persistence_engine", *text, engine->origin);
  }

  // --- real servers ---

  void write_real(DraftSection& section, const KaNode& node) {
    const auto endpoint = endpoint_of_words(node, 1);
    if (!endpoint) return leave_out_all(draft_, node, endpoint.error().text);
    const bool fits = std::ranges::any_of(
        keys_, [&](const GroupKey& one) { return one.key.family() == endpoint->address.family(); });
    if (!fits) return leave_out_all(draft_, node, "its family is not the service's: no word for that");
    KaBlock block(node, draft_);
    const auto [method, origin] = method_of(block);
    const auto real = with_fixed_port(*endpoint, method, node);
    if (!there_.insert(real).second) return leave_out_all(draft_, node, "it is there already");
    auto& made = section.add_real(node.origin);
    made.set_text("address", address_text(real), node.origin, Without::kGoes);
    made.set_text("forwarding", method.forwarding, origin, Without::kGoes);
    if (!method.tunnel.empty()) made.set("tunnel", plain_value(method.tunnel), origin, Without::kGoes);
    numbers(made, block);
    if (const auto* line = block.last({"inhibit_on_failure"}))
      inhibiting_.emplace_back(line, block.flag(line));
    ++reals_;
    import_checkers(block, {{&block, &block_}, name_}, made, draft_);
    for (const auto name : kOfChecks) block.leave_untaken(name, kUnused);
    block.leave_rest("real_server");
  }

  std::pair<KaMethod, Origin> method_of(KaBlock& block) {
    const auto* line = block.last({"lvs_method", "lb_kind"});
    if (line != nullptr) {
      if (auto read = method_in(line->words)) return {std::move(*read), line->origin};
      draft_.leave_out(line->origin, "it is no method: the virtual server's is in its place");
    }
    return {method_, method_origin_.value_or(block.origin())};
  }

  static Result<Endpoint> endpoint_of_words(const KaNode& node, std::size_t at) {
    if (node.words.size() <= at || node.words.size() > at + 2) return fail("it is not ADDRESS PORT");
    const auto address = IpAddress::parse(node.words[at]);
    if (!address) return fail("{} is no address, and names are not looked up", node.words[at]);
    const auto port = port_number(node.words.size() > at + 1 ? node.words[at + 1] : "0");
    if (!port) return fail("{} is no port", node.words[at + 1]);
    return Endpoint{*address, *port};
  }

  // Direct and tunnel leave the port as it is, whatever stands here.
  Endpoint with_fixed_port(Endpoint real, const KaMethod& method, const KaNode& node) {
    if (method.forwarding == "masquerade" || real.port == 0) return real;
    for (const auto& [key, origin, last_port] : keys_) {
      const auto port = key.virtual_address.port;
      if (key.transport == Transport::kFwmark || port == 0 || (port == real.port && last_port == 0)) continue;
      draft_.leave_out(node.origin, fmt::format("port {}: {} cannot change it, the service's is in its place",
                                                real.port, method.forwarding));
      real.port = 0;
      break;
    }
    return real;
  }

  void numbers(DraftSection& made, KaBlock& block) {
    for (const auto& [name, key] : {std::pair("weight", "weight"), std::pair("uthreshold", "upper_threshold"),
                                    std::pair("lthreshold", "lower_threshold")})
      if (const auto* line = block.last({name}))
        if (const auto number = block.number(line)) made.set_number(key, *number, line->origin);
  }

  // --- when servers fail ---

  // Here it is the pool's: all of its servers, or none.
  void on_failure(DraftSection& section) {
    const auto* line = block_.last({"inhibit_on_failure"});
    const bool all = block_.flag(line).value_or(false);
    const bool each =
        reals_ > 0 && inhibiting_.size() == reals_ &&
        std::ranges::all_of(inhibiting_, [](const auto& one) { return one.second.value_or(false); });
    if (all || each) {
      section.set_text("on_failure", "quiesce", all ? line->origin : inhibiting_.front().first->origin);
    } else if (line != nullptr) {
      section.set_text("on_failure", "remove", line->origin);
    }
    for (const auto& [one, value] : inhibiting_)
      if (value.has_value() && *value != (all || each))
        draft_.leave_out(one->origin, "all servers of a service are treated alike: on_failure");
  }

  void quorum(DraftSection& section) {
    for (const auto& [name, key] :
         {std::pair("quorum", "quorum"), std::pair("hysteresis", "quorum_hysteresis")})
      if (const auto* line = block_.last({name}))
        if (const auto number = block_.number(line)) section.set_number(key, *number, line->origin);
  }

  void sorry(DraftSection& section) {
    const auto* line = block_.last({"sorry_server"});
    const auto* kind = block_.last({"sorry_server_lvs_method"});
    if (line == nullptr) return;
    const auto endpoint = endpoint_of_words(*line, 1);
    if (!endpoint) return draft_.leave_out(line->origin, endpoint.error().text);
    auto method = kind == nullptr ? Result<KaMethod>(method_) : method_in(kind->words);
    if (!method) {
      draft_.leave_out(kind->origin, method.error().text);
      method = method_;
    }
    Table real{{"address", {}, plain_value(address_text(with_fixed_port(*endpoint, *method, *line)))},
               {"forwarding", {}, plain_value(method->forwarding)}};
    // Else it would have the service's.
    if (method->forwarding == "tunnel")
      real.push_back(
          {"tunnel",
           {},
           plain_value(method->tunnel.empty() ? Table{{"type", {}, plain_value(std::string("ipip"))}}
                                              : method->tunnel)});
    real.push_back({"checks", {}, plain_value(config::List{})});  // keepalived asks it nothing
    section.append("sorry", plain_value(std::move(real)), line->origin);
  }

  KaBlock block_;
  KaGlobals& globals_;
  Draft& draft_;
  std::string group_, name_;
  std::vector<GroupKey> keys_;
  KaMethod method_;
  std::optional<Origin> method_origin_;
  std::set<Endpoint> there_;
  std::size_t reals_ = 0;
  std::vector<std::pair<const KaNode*, std::optional<bool>>> inhibiting_;
};

}  // namespace

void import_virtual_server(const KaNode& node, KaGlobals& globals, Draft& draft) {
  KaVirtual(node, globals, draft).write();
}

}  // namespace hawser::lbctl
