#include <algorithm>

#include "lbctl/import/keepalived.h"
#include "lbctl/import/words.h"

namespace hawser::lbctl {

namespace {

using config::plain_value;
using config::Table;

class KaInstance {
 public:
  KaInstance(const KaNode& node, const KaGlobals& globals, Draft& draft)
      : block_(node, draft), globals_(globals), draft_(draft) {}

  void write() {
    const auto& words = block_.node().words;
    if (words.size() != 2) return leave_out_all(draft_, block_.node(), "a vrrp_instance has one name");
    auto& vip = draft_.section("vip", words[1], block_.origin());
    interface_ = set_word(vip, "interface", block_.last({"interface"}));
    addresses(vip);
    set_number(vip, "virtual_router_id", block_.last({"virtual_router_id"}));
    set_number(vip, "priority", block_.last({"priority"}));
    set_time(vip, "advertisement_interval", block_.last({"advert_int"}));
    version(vip);
    signature(vip);
    begin_and_preempt(vip);
    transport(vip);
    announce(vip);
    accept(vip);
    track(vip);
    block_.leave_rest("vrrp_instance");
  }

 private:
  std::string set_word(DraftSection& vip, std::string_view key, const KaNode* line) {
    const auto word = block_.value(line);
    if (word) vip.set_text(key, *word, line->origin);
    return word.value_or("");
  }

  void set_number(DraftSection& vip, std::string_view key, const KaNode* line) {
    if (const auto number = block_.number(line)) vip.set_number(key, *number, line->origin);
  }

  void set_time(DraftSection& vip, std::string_view key, const KaNode* line) {
    if (const auto time = block_.seconds(line)) vip.set_text(key, format_duration(*time), line->origin);
  }

  // --- addresses ---

  void addresses(DraftSection& vip) {
    for (const auto* list : block_.all({"virtual_ipaddress"}))
      for (const auto& line : list->inside) address(vip, line, false);
    for (const auto* list : block_.all({"virtual_ipaddress_excluded"}))
      for (const auto& line : list->inside) address(vip, line, true);
  }

  // "192.0.2.1/24 brd 192.0.2.255 dev eth1 scope global label eth1:1"
  void address(DraftSection& vip, const KaNode& line, bool excluded) {
    const auto prefix = Prefix::parse(line.words.front());
    if (!prefix) return leave_out_all(draft_, line, fmt::format("{} is no address", line.words.front()));
    if (line.is_block) leave_out_all(draft_, line, "an address has no block");
    std::string device;
    for (std::size_t i = 1; i < line.words.size(); ++i) {
      const auto& word = line.words[i];
      const bool takes_one = word == "dev" || word == "scope" || word == "label" || word == "brd" ||
                             word == "broadcast" || word == "peer" || word == "preferred_lft";
      const auto next = takes_one && i + 1 < line.words.size() ? line.words[++i] : std::string();
      if (word == "peer") return draft_.leave_out(line.origin, "an address with a peer: no word for it");
      if (word == "dev")
        device = next;
      else if (word != "scope" || next != "global")
        draft_.leave_out(line.origin, fmt::format("{}{}{}: no word for it, the address is without it", word,
                                                  next.empty() ? "" : " ", next));
    }
    if (prefix->address.is_v4()) has_v4_ = true;
    if (!excluded && !leads_) leads_ = prefix->address.family();
    if (excluded && (prefix->address.family() == leads_ || !leads_))
      draft_.leave_out(line.origin,
                       "every address of the family that elects stands in the advertisements here");
    if (!there_.insert({device == interface_ ? "" : device, *prefix}).second)
      return draft_.leave_out(line.origin, "the address is there already");
    add_address(vip, line, *prefix, device);
  }

  void add_address(DraftSection& vip, const KaNode& line, const Prefix& prefix, const std::string& device) {
    const bool host = prefix.length == prefix.address.bits();
    const auto text = host ? to_string(prefix.address) : to_string(prefix);
    auto value = plain_value(text);
    if (!device.empty() && device != interface_)
      value = plain_value(Table{{"address", {}, plain_value(text)}, {"interface", {}, plain_value(device)}});
    vip.append("addresses", std::move(value), line.origin, Without::kGoes);
  }

  // --- the election ---

  void version(DraftSection& vip) {
    const auto* line = block_.last({"version"});
    const auto written = block_.number(line);
    if (!block_.all({"native_ipv6"}).empty()) leads_ = Family::kIpv6;
    if (leads_ == Family::kIpv6) {  // always version 3
      if (has_v4_) vip.set_text("lead", "ipv6", block_.origin(), Without::kGoes);
      return;
    }
    vip.set_number("version", written.value_or(globals_.vrrp_version),
                   written ? line->origin : block_.origin());
  }

  void signature(DraftSection& vip) {
    const auto* written = block_.last({"auth_hmac"});
    if (written == nullptr) return;
    KaBlock hmac(*written, draft_);
    const auto active = hmac.number(hmac.last({"active_key"}));
    auto keys = hmac.all({"key"});
    const auto signs = [&](const KaNode* key) {
      return key->words.size() == 3 && active && whole_number(key->words[1]) == active;
    };
    if (std::ranges::none_of(keys, signs))
      return leave_out_all(draft_, *written, "its active_key is none of its keys: keepalived signs nothing");
    std::ranges::stable_partition(keys, signs);
    for (const auto* key : keys) hmac_key(vip, *key);
    set_word(vip, "hmac_mode", hmac.last({"mode"}));
    hmac_window(vip, hmac);
    hmac.leave_rest("auth_hmac");
  }

  // "key 1 file:/etc/keepalived/vrrp.key", or the key itself.
  void hmac_key(DraftSection& vip, const KaNode& key) {
    const auto id = key.words.size() == 3 ? whole_number(key.words[1]) : std::nullopt;
    if (!id || key.is_block) return leave_out_all(draft_, key, "a key is a number and a value");
    auto place = hmac_key_place(key.words[2]);
    if (place.empty()) {
      const auto file = fmt::format("/etc/hawser/{}-{}.key", bare_name(block_.node().words[1]), *id);
      draft_.leave_out(
          key.origin,
          fmt::format("no key stands in the file: write it into {} as it is here (chmod 600)", file));
      place = "file:" + file;
    }
    vip.append("hmac", plain_value(Table{{"id", {}, plain_value(*id)}, {"key", {}, plain_value(place)}}),
               key.origin, Without::kGoes);
  }

  // Our words for where a key is; empty: it is the key.
  static std::string hmac_key_place(std::string_view value) {
    constexpr std::string_view kCredentials = "file:${_ENV CREDENTIALS_DIRECTORY}/";
    if (value.starts_with(kCredentials)) return fmt::format("systemd:{}", value.substr(kCredentials.size()));
    return value.starts_with("file:") ? std::string(value) : std::string();
  }

  void hmac_window(DraftSection& vip, KaBlock& hmac) {
    const auto* window = hmac.last({"time_window"});
    const auto* replay = hmac.last({"anti_replay"});
    const auto how = hmac.value(replay).value_or("time");
    if (how == "monotonic") {
      if (window != nullptr) draft_.leave_out(window->origin, "anti_replay monotonic has no window");
      return vip.set_text("hmac_window", "off", replay->origin);
    }
    if (how != "time") draft_.leave_out(replay->origin, fmt::format("{}: neither time nor monotonic", how));
    set_time(vip, "hmac_window", window);
  }

  void begin_and_preempt(DraftSection& vip) {
    const auto* state = block_.last({"state"});
    const bool master = block_.value(state).value_or("BACKUP") == "MASTER";
    if (master && state != nullptr)
      draft_.leave_out(state->origin, "every node begins as backup, and the highest priority takes over");
    const auto* never = block_.last({"nopreempt"});
    const auto* always = block_.last({"preempt"});
    const auto* later = block_.last({"preempt_delay"});
    if (always != nullptr) vip.set_flag("preempt", always->origin);
    if (master) {
      for (const auto* line : {never, later})
        if (line != nullptr) draft_.leave_out(line->origin, "keepalived does not heed it with state MASTER");
      return;
    }
    if (const auto time = block_.seconds(later))
      vip.set_text("preempt", format_duration(*time), later->origin);
    if (never == nullptr) return;
    if (later != nullptr) draft_.leave_out(later->origin, "nopreempt leaves nothing to delay");
    vip.set_flag("preempt", never->origin, false);
  }

  void transport(DraftSection& vip) {
    for (const auto* line : {block_.last({"mcast_src_ip"}), block_.last({"unicast_src_ip"})})
      set_word(vip, "source", line);
    for (const auto* list : block_.all({"unicast_peer"})) {
      vip.set_text("transport", "unicast", list->origin, Without::kGoes);
      for (const auto& line : list->inside) {
        vip.add_text("peers", line.words.front(), line.origin, Without::kGoes);
        if (line.words.size() > 1)
          draft_.leave_out(line.origin, fmt::format("{}: no word for it", line.words[1]));
      }
    }
  }

  void announce(DraftSection& vip) {
    if (const auto* line = block_.last({"garp_master_refresh"}))
      if (const auto time = block_.seconds(line))
        vip.set("announce", plain_value(Table{{"refresh", {}, plain_value(format_duration(*time))}}),
                line->origin);
  }

  void accept(DraftSection& vip) {
    const bool accepts = !block_.all({"accept"}).empty();
    const auto* refuses = block_.last({"no_accept"});
    if (refuses != nullptr || (is_strict() && !accepts))
      vip.set_flag("accept", refuses != nullptr ? refuses->origin : block_.origin(), false);
    if (const auto* line = block_.last({"use_vmac"})) {
      vip.set_flag("virtual_mac", line->origin);
      if (line->words.size() > 1)
        draft_.leave_out(line->origin, "the device of a virtual MAC has no name of the file's");
    }
  }

  // By it keepalived does not accept, unless it is said. The line itself is left out with its reason.
  [[nodiscard]] bool is_strict() const {
    bool strict = globals_.strict;
    for (const auto& line : block_.node().inside)
      if (line.words.front() == "strict_mode")
        strict = line.words.size() == 1 || line.words[1] == "on" || line.words[1] == "true" ||
                 line.words[1] == "yes";
    return strict;
  }

  // "eth1 weight -20 reverse"
  void track(DraftSection& vip) {
    for (const auto* list : block_.all({"track_interface"}))
      for (const auto& line : list->inside) {
        const auto& words = line.words;
        Table table{{"interface", {}, plain_value(words.front())}};
        const bool weighs = words.size() == 3 && words[1] == "weight";
        const auto weight = weighs ? weight_in(words[2]) : std::nullopt;
        if (words.size() > 1 && !weight) {
          leave_out_all(draft_, line, "it is not NAME, or NAME weight NUMBER");
          continue;
        }
        if (weight && *weight != 0) table.push_back({"weight", {}, plain_value(*weight)});
        vip.append("track", plain_value(std::move(table)), line.origin);
      }
  }

  static std::optional<std::int64_t> weight_in(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const auto number = whole_number(text);
    return number ? std::optional(negative ? -*number : *number) : std::nullopt;
  }

  KaBlock block_;
  const KaGlobals& globals_;
  Draft& draft_;
  std::string interface_;
  std::set<std::pair<std::string, Prefix>> there_;
  bool has_v4_ = false;
  std::optional<Family> leads_;  // its first address says it
};

}  // namespace

void import_vrrp_instance(const KaNode& node, const KaGlobals& globals, Draft& draft) {
  KaInstance(node, globals, draft).write();
}

// group { VI_1 VI_2 }, each on its line; older files have the names without "group".
void import_sync_group(const KaNode& node, Draft& draft) {
  if (node.words.size() != 2) return leave_out_all(draft, node, "a vrrp_sync_group has one name");
  auto& group = draft.section("group", node.words[1], node.origin);
  KaBlock block(node, draft);
  for (const auto* list : block.all({"group"}))
    for (const auto& line : list->inside)
      for (const auto& name : line.words) group.add_text("vips", name, line.origin);
  block.leave_rest("vrrp_sync_group");
}

}  // namespace hawser::lbctl
