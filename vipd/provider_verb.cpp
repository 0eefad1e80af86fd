#include "vipd/provider_verb.h"

#include <cstdlib>

#include <boost/json.hpp>

#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "vipd/provider/account.h"
#include "vipd/provider_fence.h"
#include "vipd/provider_options.h"
#include "vipd/provider_talk.h"

namespace hawser::vipd {

namespace {

namespace json = boost::json;
using provider::Account;

struct Wanted {
  std::string action;
  IpAddress address;
  std::string target;  // of set
};

Status judge_words(const cli::Arguments& arguments, const std::string& action) {
  const auto& words = arguments.words;
  if (action != "get" && action != "set" && action != "unroute")
    return fail("provider {}: there are get, set and unroute, of an address, and fence, of a server", action);
  if (!type_in(arguments).empty()) return fail("provider {}: --type is for fence", action);
  if (action == "set" && words.size() < 3)
    return fail("provider set {}: where to? The target is missing: the main address of a server", words[1]);
  if (action == "set" && words[2].empty())
    return fail("provider set {}: the target is empty: to nobody is 'provider unroute {}'", words[1],
                words[1]);
  if (action != "set" && words.size() > 2) return fail("provider {}: takes an address only", action);
  if (action == "get" && (arguments.has(kWait) || arguments.has(kDryRun)))
    return fail("provider get: changes nothing: --wait and --dry-run are for set and unroute");
  return {};
}

Result<Wanted> wanted_in(const cli::Arguments& arguments) {
  const auto& words = arguments.words;
  if (auto good = judge_words(arguments, words[0]); !good) return tl::unexpected(good.error());
  const auto address = IpAddress::parse(words[1]);
  if (!address) return fail("{}: is no address", words[1]);
  return Wanted{words[0], *address, words.size() > 2 ? words[2] : std::string()};
}

provider::Answer where(Account& account, const Wanted& wanted) {
  return result_of([&](auto executor) {
    provider::Call call{provider::Ask::kGet, wanted.address, wanted.target, {}};
    return account.ask(executor, std::move(call), tell);
  });
}

provider::End moved(Account& account, const provider::Wish& wish) {
  return result_of([&](auto executor) { return account.move(executor, wish, tell); });
}

std::string leads_to(const std::string& target) {
  return target.empty() ? "leads to nobody" : "leads to " + target;
}

json::value or_null(const std::string& target) {
  return target.empty() ? json::value() : json::value(target);
}

json::object document(const Wanted& wanted, const std::string& target, Account& account) {
  json::object said{{"format", 1}, {"address", to_string(wanted.address)}, {"target", or_null(target)}};
  if (const auto left = account.left())
    said["left"] = json::object{{"reads", left->reads}, {"switches", left->switches}};
  return said;
}

int refuse(const cli::Arguments& arguments, const Wanted& wanted, const std::string& text) {
  return cli::refuse(arguments, "vipctl",
                     fmt::format("provider {} {}: {}", wanted.action, wanted.address, text));
}

int get(const cli::Arguments& arguments, const Wanted& wanted, Account& account) {
  const auto answer = where(account, wanted);
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
  const auto answer = where(account, wanted);
  if (answer.meaning != provider::Meaning::kRouted) return refuse(arguments, wanted, answer.text);
  const bool there = account.is_same(answer.target, wanted.target);
  if (arguments.json) {
    auto said = document(wanted, answer.target, account);
    if (wanted.target.empty())
      said["would_unroute"] = !there;
    else
      said["would_switch_to"] = there ? json::value() : json::value(wanted.target);
    cli::print(control::pretty(said));
  } else {
    cli::print(there ? fmt::format("{} {} already\n", wanted.address, leads_to(answer.target))
                     : fmt::format("{} {}: would be {}\n", wanted.address, leads_to(answer.target),
                                   wanted.target.empty() ? "unrouted" : "switched to " + wanted.target));
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
                       wanted.target.empty() ? "nobody" : wanted.target, wanted.address);
  return why;
}

int set(const cli::Arguments& arguments, const Wanted& wanted, Account& account) {
  if (arguments.has(kDryRun)) return say_what_would_be(arguments, wanted, account);
  const auto patience = arguments.has(kWait) ? kPatience : Milliseconds(0);
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

// Of an address, or of a server.
int act(const cli::Arguments& arguments, const std::optional<Wanted>& wanted) {
  const auto settings = settings_in(arguments);
  if (!settings) return usage(arguments, settings.error());
  provider::keep_memory_private();
  // A name that nobody resolves: seconds, and not the minute that glibc takes by itself.
  (void)::setenv("RES_OPTIONS", "timeout:2 attempts:2", 0);
  auto account = Account::open(*settings);
  if (!account) return cli::refuse(arguments, "vipctl", account.error());
  if (!wanted) return fence(arguments, *account);
  return wanted->action == "get" ? get(arguments, *wanted, *account) : set(arguments, *wanted, *account);
}

int run(const cli::Arguments& arguments) {
  if (arguments.words[0] == "fence") {
    if (arguments.words.size() == 2) return act(arguments, std::nullopt);
    return usage(arguments, Error{"provider fence: takes a server only", 0});
  }
  const auto wanted = wanted_in(arguments);
  if (!wanted) return usage(arguments, wanted.error());
  return act(arguments, *wanted);
}

}  // namespace

cli::Verb provider_verb() {
  return {"provider", "get|set|unroute|fence ADDRESS|SERVER [TARGET]",
          "ask a provider where an address leads, have it lead elsewhere, switch off a server; needs no vipd",
          run, provider_options()};
}

}  // namespace hawser::vipd
