#include "vipd/provider_verb.h"

#include <cstdlib>

#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <unistd.h>

#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "vipd/provider/account.h"

namespace hawser::vipd {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using provider::Account;

constexpr Milliseconds kPatience{180'000};  // a switch takes 40 to 60 s, and may find another one in process
constexpr Milliseconds kTimeout{90'000};    // Robot answers when the switch is done

const cli::Option kKind{"--kind", "KIND", "hetzner-robot or hetzner-cloud (HAWSER_PROVIDER_KIND)"};
const cli::Option kCredentials{"--credentials", "SOURCE",
                               "file:PATH or systemd:NAME (HAWSER_PROVIDER_CREDENTIALS)"};
const cli::Option kEndpoint{"--endpoint", "URL",
                            "another place of the API, such as an imitation (HAWSER_PROVIDER_ENDPOINT)"};
const cli::Option kCa{"--ca", "FILE", "who is trusted instead of the system's CAs (HAWSER_PROVIDER_CA)"};
const cli::Option kTimeoutOption{"--timeout", "DURATION", "of one call; 90s by default"};
const cli::Option kWait{"--wait", "", "stay until it is there: 3 minutes, through locks and errors"};
const cli::Option kDryRun{"--dry-run", "", "ask where it leads, and say what would be done"};

// "HAWSER_PROVIDER_KIND" beside "--kind".
std::string given(const cli::Arguments& arguments, const std::string& option, const char* variable) {
  const auto found = arguments.values.find(option);
  if (found != arguments.values.end()) return found->second;
  const char* value = std::getenv(variable);
  return value == nullptr ? std::string() : value;
}

Result<provider::Kind> kind_in(const cli::Arguments& arguments) {
  const auto word = given(arguments, kKind.name, "HAWSER_PROVIDER_KIND");
  if (word.empty()) return fail("--kind is missing (or HAWSER_PROVIDER_KIND): {}", kKind.help);
  if (const auto kind = from_name<provider::Kind>(word)) return *kind;
  return fail("--kind {}: there are hetzner-robot and hetzner-cloud", word);
}

Result<provider::Settings> settings_in(const cli::Arguments& arguments) {
  provider::Settings settings;
  const auto kind = kind_in(arguments);
  if (!kind) return tl::unexpected(kind.error());
  settings.kind = *kind;
  settings.credentials = given(arguments, kCredentials.name, "HAWSER_PROVIDER_CREDENTIALS");
  if (settings.credentials.empty())
    return fail("--credentials is missing (or HAWSER_PROVIDER_CREDENTIALS): {}", kCredentials.help);
  settings.endpoint = given(arguments, kEndpoint.name, "HAWSER_PROVIDER_ENDPOINT");
  settings.ca = given(arguments, kCa.name, "HAWSER_PROVIDER_CA");
  settings.state_dir = arguments.state_dir;
  settings.timeout = kTimeout;
  if (const auto found = arguments.values.find(kTimeoutOption.name); found != arguments.values.end()) {
    const auto timeout = parse_duration(found->second);
    if (!timeout) return fail("--timeout: {}", timeout.error().text);
    if (*timeout < Milliseconds(1000)) return fail("--timeout {}: 1s at least", found->second);
    settings.timeout = *timeout;
  }
  return settings;
}

struct Wanted {
  std::string action;
  IpAddress address;
  std::string target;
};

Result<Wanted> wanted_in(const cli::Arguments& arguments) {
  const auto& words = arguments.words;
  Wanted wanted{words[0], {}, words.size() > 2 ? words[2] : std::string()};
  if (wanted.action != "get" && wanted.action != "set")
    return fail("provider {}: write 'provider get ADDRESS' or 'provider set ADDRESS TARGET'", wanted.action);
  const auto address = IpAddress::parse(words[1]);
  if (!address) return fail("{}: is no address", words[1]);
  wanted.address = *address;
  if (wanted.action == "set" && wanted.target.empty())
    return fail("provider set {}: where to? The target is missing: the main address of a server", words[1]);
  if (wanted.action == "get" && words.size() > 2) return fail("provider get: takes an address only");
  if (wanted.action == "get" && (arguments.has(kWait.name) || arguments.has(kDryRun.name)))
    return fail("provider get: changes nothing: --wait and --dry-run are for provider set");
  return wanted;
}

// On a terminal, or what went wrong would look like nothing going on.
void tell(const std::string& line) {
  if (::isatty(STDERR_FILENO) != 0) cli::say("vipctl: " + line);
}

provider::Answer where(Account& account, const IpAddress& address) {
  asio::io_context io;
  auto answer = asio::co_spawn(io, account.ask(io.get_executor(), {provider::Ask::kGet, address, {}}, tell),
                               asio::use_future);
  io.run();
  return answer.get();
}

provider::End moved(Account& account, const provider::Wish& wish) {
  asio::io_context io;
  auto end = asio::co_spawn(io, account.move(io.get_executor(), wish, tell), asio::use_future);
  io.run();
  return end.get();
}

std::string leads_to(const std::string& target) {
  return target.empty() ? "leads to nobody" : "leads to " + target;
}

json::object document(const Wanted& wanted, const std::string& target, Account& account) {
  const auto left = account.left();
  return {{"format", 1},
          {"address", to_string(wanted.address)},
          {"target", target.empty() ? json::value() : json::value(target)},
          {"left", json::object{{"reads", left.reads}, {"switches", left.switches}}}};
}

int refuse(const cli::Arguments& arguments, const Wanted& wanted, const std::string& text) {
  return cli::refuse(arguments, "vipctl",
                     fmt::format("provider {} {}: {}", wanted.action, wanted.address, text));
}

int get(const cli::Arguments& arguments, const Wanted& wanted, Account& account) {
  const auto answer = where(account, wanted.address);
  if (answer.meaning != provider::Meaning::kRouted && answer.meaning != provider::Meaning::kBusy)
    return refuse(arguments, wanted, answer.text);
  const bool busy = answer.meaning == provider::Meaning::kBusy;
  if (arguments.json) {
    auto said = document(wanted, answer.target, account);
    said["busy"] = busy;
    cli::print(control::pretty(said));
  } else {
    cli::print(fmt::format("{} {}{}\n", wanted.address, leads_to(answer.target),
                           busy ? fmt::format(" ({})", answer.text) : ""));
  }
  return kDone;
}

int say_what_would_be(const cli::Arguments& arguments, const Wanted& wanted, Account& account) {
  const auto answer = where(account, wanted.address);
  if (answer.meaning != provider::Meaning::kRouted) return refuse(arguments, wanted, answer.text);
  const bool there = account.is_same(answer.target, wanted.target);
  if (arguments.json) {
    auto said = document(wanted, answer.target, account);
    said["would_switch_to"] = there ? json::value() : json::value(wanted.target);
    cli::print(control::pretty(said));
  } else {
    cli::print(there ? fmt::format("{} {} already\n", wanted.address, leads_to(answer.target))
                     : fmt::format("{} {}: would be switched to {}\n", wanted.address,
                                   leads_to(answer.target), wanted.target));
  }
  return there ? kDone : kNo;
}

// What may have happened must not be told as if nothing had.
std::string why_not(const Wanted& wanted, const provider::End& end) {
  const auto& last = end.last;
  auto why = last.text;
  if (why.empty()) why = fmt::format("it {}", leads_to(last.target));
  if (end.switched)
    why += fmt::format(": the switch to {} was sent and may still happen: 'vipctl provider get {}' tells",
                       wanted.target, wanted.address);
  return why;
}

int set(const cli::Arguments& arguments, const Wanted& wanted, Account& account) {
  if (arguments.has(kDryRun.name)) return say_what_would_be(arguments, wanted, account);
  const auto patience = arguments.has(kWait.name) ? kPatience : Milliseconds(0);
  const auto end = moved(account, {wanted.address, wanted.target, provider::Begin::kByReading, patience});
  if (!end.there) return refuse(arguments, wanted, why_not(wanted, end));
  if (arguments.json) {
    auto said = document(wanted, end.last.target, account);
    said["switched"] = end.switched;
    cli::print(control::pretty(said));
  } else {
    cli::print(
        fmt::format("{} {}{}\n", wanted.address, leads_to(end.last.target), end.switched ? "" : " already"));
  }
  return kDone;
}

int usage(const cli::Arguments& arguments, const Error& error) {
  (void)cli::refuse(arguments, "vipctl", error.text);
  return kUsage;
}

int run(const cli::Arguments& arguments) {
  const auto wanted = wanted_in(arguments);
  if (!wanted) return usage(arguments, wanted.error());
  const auto settings = settings_in(arguments);
  if (!settings) return usage(arguments, settings.error());
  provider::keep_memory_private();
  // A name that nobody resolves: seconds, and not the minute that glibc takes by itself.
  (void)::setenv("RES_OPTIONS", "timeout:2 attempts:2", 0);
  auto account = Account::open(*settings);
  if (!account) return cli::refuse(arguments, "vipctl", account.error());
  return wanted->action == "get" ? get(arguments, *wanted, *account) : set(arguments, *wanted, *account);
}

}  // namespace

cli::Verb provider_verb() {
  return {"provider",
          "get|set ADDRESS [TARGET]",
          "ask a provider where an address leads, or switch it there; needs no vipd",
          run,
          {kKind, kCredentials, kEndpoint, kCa, kTimeoutOption, kWait, kDryRun}};
}

}  // namespace hawser::vipd
