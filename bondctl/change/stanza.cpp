#include "bondctl/change/stanza.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "lib/base/spelling.h"
#include "lib/config/engine/schema.h"
#include "lib/state/bond_options.h"

namespace hawser::bondctl {

namespace {

using WordList = std::vector<std::string>;

std::string plain(std::string_view name) {
  std::string text(name);
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return c == '_' ? '-' : static_cast<char>(std::tolower(c)); });
  return text;
}

WordList words_in(std::string_view text) {
  WordList words;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of(" \t\n,", at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

bool is_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

constexpr std::string_view kOfTheBond[] = {"mode", "arp_ip_target", "ns_ip6_target", "ad_actor_system"};

bool is_of_the_driver(const std::string& key) {
  return find_bond_option(key) != nullptr || std::ranges::find(kOfTheBond, key) != std::end(kOfTheBond);
}

// What a stanza may say beside the driver's options.
constexpr std::string_view kOurs[] = {"bond-master",       "bond-slaves",        "bond-primary",
                                      "bond-active-slave", "bond-give-a-chance", "bond-queue-id",
                                      "bond-prio"};

std::string no_such_option(const std::string& name) {
  WordList known(std::begin(kOurs), std::end(kOurs));
  for (const auto& info : bond_options()) known.push_back(stanza_option(info.name));
  for (const auto key : kOfTheBond) known.push_back(stanza_option(key));
  const auto near = nearest(name, {known.begin(), known.end()});
  return fmt::format(
      "{}: no such option{}", name,
      near.empty() ? std::string(": bondctl(8) has them all") : fmt::format(": did you mean {}?", near));
}

class Reader {
 public:
  explicit Reader(const std::string& interface) : interface_(interface) {
    stanza_.edits.said_as = SaidAs::kStanza;
  }

  void take(const std::string& name, const std::string& value) {
    if (value.find_first_not_of(" \t") == std::string::npos)
      wrong(name, "has no value");
    else if (name == "bond-master")
      stanza_.master = value;
    else if (name == "bond-slaves" || name == "slaves" || name == "bond-ports" || name == "bond-members")
      take_ports(name, value);
    else if (name == "bond-primary")
      stanza_.primary = words_in(value);
    else if (name == "bond-active-slave")
      stanza_.active = value;
    else if (name == "bond-give-a-chance")
      take_chance(name, value);
    else if (config::find_key("port", port_key(name)) != nullptr)
      take_port_setting(name, value);
    else
      take_option(name, value);
  }

  Stanza done() {
    if (!stanza_.master.empty() && stanza_.list != PortList::kNotWritten) {
      stanza_.notes.emplace_back(
          "bond-slaves: left out beside bond-master, as an interface is one or the other");
      stanza_.list = PortList::kNotWritten;
      stanza_.ports.clear();
    }
    return std::move(stanza_);
  }

 private:
  void wrong(const std::string& name, std::string_view what) {
    stanza_.edits.wrong.push_back(fmt::format("{}: {}", name, what));
  }

  static std::string port_key(std::string_view name) {
    std::string key(name.substr(5));
    std::ranges::replace(key, '-', '_');
    return key;
  }

  // bond-slaves counts before the older "slaves".
  void take_ports(const std::string& name, const std::string& value) {
    if (name == "slaves" && stanza_.list != PortList::kNotWritten) return;
    const auto words = words_in(value);
    stanza_.ports.clear();
    stanza_.list = PortList::kListed;
    if (words.front() == "glob" || words.front() == "regex")
      wrong(name,
            fmt::format("{} is a word of ifupdown2's: write the names of the cards, or all", words.front()));
    else if (words == WordList{"none"})
      stanza_.list = PortList::kNone;
    else if (words == WordList{"all"})
      stanza_.list = PortList::kEveryCard;
    else
      stanza_.ports = words;
  }

  void take_chance(const std::string& name, const std::string& value) {
    constexpr int kLongest = 3600;
    int seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error != std::errc{} || end != value.data() + value.size() || seconds < 0 || seconds > kLongest)
      return wrong(name, fmt::format("must be whole seconds, 0 to {}, not \"{}\"", kLongest, value));
    stanza_.chance = std::chrono::seconds(seconds);
  }

  // "eth0:1 eth1:2"; in the stanza of the port itself "1".
  void take_port_setting(const std::string& name, const std::string& value) {
    for (const auto& word : words_in(value)) {
      const auto colon = word.rfind(':');
      const auto port = colon == std::string::npos ? interface_ : word.substr(0, colon);
      const auto number = colon == std::string::npos ? word : word.substr(colon + 1);
      if (port.empty() || !is_number(number))
        wrong(name, fmt::format("must be INTERFACE:NUMBER, as in eth0:1, not \"{}\"", word));
      else
        stanza_.edits.good.push_back({fmt::format("{}.{}", port, port_key(name)), Edit::How::kSet, number});
    }
  }

  void take_option(const std::string& name, const std::string& value) {
    auto edit = parse_edit(fmt::format("{}={}", name, value));
    if (edit && is_of_the_driver(edit->key))
      stanza_.edits.good.push_back(std::move(*edit));
    else
      refuse(name);
  }

  void refuse(const std::string& name) {
    const auto key = port_key(name);
    for (const auto& info : config::describe_keys())
      if (!info.supported && info.key == key && (info.kind == "bond" || info.kind == "port"))
        return wrong(name, "not supported by this version");
    stanza_.edits.wrong.push_back(no_such_option(name));
  }

  const std::string& interface_;
  Stanza stanza_;
};

}  // namespace

bool is_bond_option(std::string_view name) {
  const auto text = plain(name);
  return text == "slaves" || text.starts_with("bond-");
}

std::string stanza_option(std::string_view key) {
  if (key == "ports") return "bond-slaves";
  if (key == "monitor") return "bond-miimon";
  if (const auto dot = key.rfind('.'); dot != std::string_view::npos) key.remove_prefix(dot + 1);
  std::string option(key);
  std::ranges::replace(option, '_', '-');
  return "bond-" + option;
}

bool Stanza::makes_bond() const {
  const auto is_mode = [](const Edit& edit) { return edit.key == "mode"; };
  return master.empty() && (list != PortList::kNotWritten || std::ranges::any_of(edits.good, is_mode));
}

bool Stanza::says_nothing() const {
  return master.empty() && !makes_bond() && !chance && primary.empty() && active.empty() &&
         edits.good.empty() && edits.wrong.empty();
}

Stanza read_stanza(const std::string& interface, std::span<const StanzaOption> options) {
  Reader reader(interface);
  for (const auto& option : options)
    if (is_bond_option(option.name)) reader.take(plain(option.name), option.value);
  return reader.done();
}

}  // namespace hawser::bondctl
