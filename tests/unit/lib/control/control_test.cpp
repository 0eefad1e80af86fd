// Server and client together, both behaving.
#include <fstream>
#include <future>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/unit/lib/control/control_fixture.h"

namespace hawser::control {
namespace {

TEST_F(Control, CarriesMethodTargetAndBodyAndTheAnswer) {
  start_echo();
  EXPECT_EQ(asked({"POST", "/pause?object=bond0", R"({"for":"30m"})"}),
            R"(POST /pause?object=bond0 {"for":"30m"})");
  EXPECT_EQ(asked({}), "GET / ");
}

TEST_F(Control, CarriesTheStatusOfARefusal) {
  start([](const Request&) { return refusal(404, "no such vip"); });
  const auto answer = ask(socket(), {"GET", "/vip/x", ""});
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->body, R"({"error":"no such vip"})");
}

TEST_F(Control, CarriesAnAnswerOfManyMegabytes) {
  const std::string large(std::size_t{8} << 20U, 'x');
  start([&](const Request&) { return Response{200, large}; });
  EXPECT_EQ(asked({}), large);
}

TEST_F(Control, TurnsAThrowingHandlerIntoA500AndLivesOn) {
  start([](const Request& request) -> Response {
    if (request.target == "/bad") throw std::runtime_error("broken");
    return {200, "fine"};
  });
  const auto answer = ask(socket(), {"GET", "/bad", ""});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_EQ(answer->body, R"({"error":"broken"})");
  EXPECT_EQ(asked({}), "fine");
}

TEST_F(Control, MakesASocketForOwnerAndGroupOnly) {
  start_echo();
  struct stat found {};
  ASSERT_EQ(::stat(socket().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0660U);
}

TEST_F(Control, RemovesItsSocketWhenItGoes) {
  start_echo();
  ASSERT_TRUE(std::filesystem::exists(socket()));
  server_.reset();
  EXPECT_FALSE(std::filesystem::exists(socket()));
}

TEST_F(Control, LeavesASocketThatSomebodyElsePutInItsPlace) {
  start_echo();
  std::filesystem::remove(socket());
  RunningServer other{socket(), [](const Request&) { return Response{200, "other"}; }, Limits{}};
  server_.reset();
  EXPECT_EQ(asked({}), "other");
}

TEST_F(Control, ReplacesTheSocketOfAProcessThatDied) {
  const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(&address.sun_path[0], socket().c_str(), sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ::close(dead);
  ASSERT_TRUE(std::filesystem::exists(socket()));
  start_echo();
  EXPECT_EQ(asked({}), "GET / ");
}

TEST_F(Control, RefusesASocketThatAnswers) {
  start_echo();
  boost::asio::io_context context;
  const auto second = Server::listen(context, socket(), [](const Request&) { return Response{}; });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().text, socket().native() + ": already running: another process answers there");
  EXPECT_EQ(second.error().code, EADDRINUSE);
  EXPECT_EQ(asked({}), "GET / ");
}

TEST_F(Control, RefusesAFileThatIsNotASocket) {
  { std::ofstream(socket()) << "precious"; }
  boost::asio::io_context context;
  const auto server = Server::listen(context, socket(), [](const Request&) { return Response{}; });
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().text, socket().native() + ": is there and is not a socket");
  EXPECT_EQ(std::filesystem::file_size(socket()), 8U);
}

// ---- a server that does not give up

class Kept : public Control {
 protected:
  void keep(const std::filesystem::path& path) {
    server_ = Server::keep(
        context_, path,
        [](const Request&) {
          return Response{200, "here"};
        },
        [this](const Status& made) { told_.push_back(made ? "made" : made.error().text); },
        {.look = Milliseconds{5}});
  }
  // Runs the loop until `done`, or for a second.
  template <class Done>
  bool runs_until(const Done& done) {
    for (int i = 0; i < 100 && !done(); ++i) context_.run_for(Milliseconds{10});
    return done();
  }
  bool answers() {
    auto answer = std::async(std::launch::async, [&] { return ask(socket(), {}, Milliseconds{500}); });
    (void)runs_until([&] { return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
    const auto response = answer.get();
    return response && response->body == "here";
  }
  boost::asio::io_context context_{1};
  std::unique_ptr<Server> server_;
  std::vector<std::string> told_;
};

TEST_F(Kept, MakesItsSocketAgainWhenItWasRemoved) {
  keep(socket());
  EXPECT_TRUE(answers());
  std::filesystem::remove(socket());
  EXPECT_TRUE(runs_until([&] { return std::filesystem::exists(socket()); }));
  EXPECT_TRUE(answers());
  EXPECT_THAT(told_, testing::ElementsAre("made"));
  server_.reset();
  EXPECT_FALSE(std::filesystem::exists(socket()));
}

TEST_F(Kept, MakesItsDirectoryAgainToo) {
  const auto path = directory_.path() / "run" / "netd.sock";
  std::filesystem::create_directory(path.parent_path());
  keep(path);
  std::filesystem::remove_all(path.parent_path());
  EXPECT_TRUE(runs_until([&] { return std::filesystem::exists(path); }));
}

TEST_F(Kept, SaysOnceWhyThereIsNoneAndMakesItWhenItCan) {
  { std::ofstream(socket()) << "in the way"; }
  keep(socket());
  (void)runs_until([] { return false; });
  EXPECT_THAT(told_, testing::ElementsAre(socket().native() + ": is there and is not a socket"));
  std::filesystem::remove(socket());
  EXPECT_TRUE(runs_until([&] { return told_.size() > 1; }));
  EXPECT_EQ(told_.back(), "made");
  EXPECT_TRUE(answers());
}

TEST_F(Kept, LeavesASocketOnWhichAnotherProcessAnswers) {
  keep(socket());
  std::filesystem::remove(socket());
  RunningServer other{socket(), [](const Request&) { return Response{200, "other"}; }, Limits{}};
  (void)runs_until([] { return false; });
  EXPECT_EQ(asked({}), "other");
  EXPECT_THAT(told_, testing::ElementsAre(testing::HasSubstr("already running")));
}

TEST_F(Kept, LeftBehindItsFileRefusesInsteadOfBeingGone) {
  keep(socket());
  server_->leave_file();
  server_.reset();
  const auto answer = ask(socket(), {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ECONNREFUSED);
}

TEST_F(Control, RefusesAPathLongerThanASocketAddress) {
  boost::asio::io_context context;
  const auto path = directory_.path() / std::string(120, 'x');
  const auto server = Server::listen(context, path, [](const Request&) { return Response{}; });
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().text, path.native() + ": a socket's path has at most 107 bytes");
}

TEST_F(Control, SaysThatNobodyIsThere) {
  const auto missing = ask(socket(), {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().text,
            "netd is not running: " + socket().native() + ": No such file or directory");
  EXPECT_TRUE(not_running(missing.error()));
}

// Root may write to everything, so it becomes somebody else; anybody else has taken the right from himself.
TEST_F(Control, SaysWhoMayAsk) {
  start_echo();
  std::filesystem::permissions(directory_.path(), std::filesystem::perms::all);
  std::filesystem::permissions(socket(), std::filesystem::perms::none);
  const auto before = ::geteuid();
  ASSERT_EQ(::seteuid(before == 0 ? 65534 : before), 0);
  const auto answer = ask(socket(), {});
  ASSERT_EQ(::seteuid(before), 0);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().text, "not permitted to ask netd: add yourself to group hawser or use sudo");
  EXPECT_FALSE(not_running(answer.error()));
}

TEST_F(Control, SaysThatADaemonHangs) {
  start_echo();
  std::promise<void> release;
  boost::asio::post(server_->context(), [&] { release.get_future().wait(); });
  const auto answer = ask(socket(), {}, Milliseconds{50});
  release.set_value();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().text, "netd does not answer: " + socket().native() + ": no answer within 50ms");
  EXPECT_EQ(answer.error().code, ETIMEDOUT);
}

TEST(ControlJson, ReadsAnAnswerAndARefusal) {
  const auto good = parse_answer("netd", {200, R"({"up":true})"});
  ASSERT_TRUE(good);
  EXPECT_TRUE(good->at("up").as_bool());
  EXPECT_EQ(parse_answer("netd", refusal(409, "bond0: paused")).error().text, "netd: bond0: paused");
  EXPECT_EQ(parse_answer("netd", {502, "<html>"}).error().text, "netd: refused with HTTP status 502");
  EXPECT_EQ(parse_answer("netd", {200, "{"}).error().text, "netd: its answer is not JSON");
}

TEST(ControlJson, IndentsForPeople) {
  const boost::json::value value = {{"a", 1}, {"list", {1, "x\n"}}, {"none", boost::json::object{}}};
  EXPECT_EQ(pretty(value), "{\n  \"a\": 1,\n  \"list\": [\n    1,\n    \"x\\n\"\n  ],\n  \"none\": {}\n}\n");
}

}  // namespace
}  // namespace hawser::control
