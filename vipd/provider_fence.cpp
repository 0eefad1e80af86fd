#include "vipd/provider_fence.h"

#include <boost/json.hpp>

#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "vipd/provider_options.h"
#include "vipd/provider_talk.h"

namespace hawser::vipd {

namespace {

namespace json = boost::json;
using provider::Account;
using provider::Fenced;
using provider::FenceEnd;
using provider::Meaning;

struct Server {
  std::string name, how;
};

int refuse_fence(const cli::Arguments& arguments, const Server& server, const std::string& why) {
  return cli::refuse(arguments, "vipctl", fmt::format("provider fence {}: {}", server.name, why));
}

std::string what_would_be(const Account& account, const Server& server) {
  if (account.power() == provider::Power::kRead) return "would be switched off";
  return fmt::format("would be reset by {}", server.how.empty() ? "hw" : server.how);
}

int say_fence(const cli::Arguments& arguments, const Server& server, Account& account) {
  if (account.power() == provider::Power::kNone)
    return refuse_fence(arguments, server, "this provider cannot switch off servers");
  const auto answer = result_of([&](auto executor) {
    provider::Call call{provider::Ask::kPower, {}, server.name, {}};
    return account.ask(executor, std::move(call), tell);
  });
  if (answer.meaning != Meaning::kOff && answer.meaning != Meaning::kOn)
    return refuse_fence(arguments, server, answer.text);
  const bool is_off = answer.meaning == Meaning::kOff;
  const auto would = what_would_be(account, server);
  if (arguments.json)
    cli::print(control::pretty(json::object{{"format", 1},
                                            {"server", server.name},
                                            {"off", is_off},
                                            {"would", is_off ? json::value() : json::value(would)}}));
  else
    cli::print(is_off ? fmt::format("{} is off already\n", server.name)
                      : fmt::format("{}: {}: {}\n", server.name, answer.text, would));
  return is_off ? kDone : kNo;
}

std::string why_not_fenced(const FenceEnd& end) {
  return end.last.text + (end.may_have ? ": it was sent, and may have happened or may still" : "");
}

}  // namespace

int fence(const cli::Arguments& arguments, Account& account) {
  const Server server{arguments.words[1], type_in(arguments)};
  if (arguments.has(kDryRun)) return say_fence(arguments, server, account);
  const auto patience = arguments.has(kWait) ? kPatience : Milliseconds(0);
  const auto end = result_of([&](auto executor) {
    provider::FenceWish wish{server.name, server.how, patience};
    return account.fence(executor, std::move(wish), tell);
  });
  if (end.fenced == Fenced::kNo) return refuse_fence(arguments, server, why_not_fenced(end));
  if (arguments.json)
    cli::print(control::pretty(
        json::object{{"format", 1}, {"server", server.name}, {"fenced", name_of(end.fenced)}}));
  else if (end.fenced == Fenced::kOff)
    cli::print(fmt::format("{} is off\n", server.name));
  else
    cli::print(fmt::format("{} was {}, as the provider says: unconfirmed\n", server.name, end.last.text));
  return kDone;
}

}  // namespace hawser::vipd
