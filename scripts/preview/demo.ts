/** A throw-away home with something of everything in it, made by the command line, on the tests' simulators. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { signInOverHttp } from '../../test/support/person-over-http.ts';
import { startSlackSimulator, type SlackSimulator } from '../../test/simulators/slack.ts';
import { startWorldlineSimulator, type WorldlineSimulator } from '../../test/simulators/worldline.ts';
import { Bot } from '../demo/bot.ts';
import { Stage } from '../demo/stage.ts';

const FULL_LIFE_SECONDS = 12 * 60 * 60;
const SHORT_LIFE_SECONDS = 30 * 60;
/** What refreshing ends with when somebody's app was revoked. */
const PERSON_NEEDED = [0, 4];

export class Demo {
  readonly partitionsDir: string;
  readonly #stage: Stage;
  readonly #bot: Bot;
  readonly #slack: SlackSimulator;
  readonly #worldline: WorldlineSimulator;

  private constructor(stage: Stage, slack: SlackSimulator, worldline: WorldlineSimulator) {
    this.#stage = stage;
    this.#slack = slack;
    this.#worldline = worldline;
    this.#bot = new Bot(stage);
    this.partitionsDir = join(stage.folder, 'partitions');
    mkdirSync(this.partitionsDir);
  }

  static async prepare(stop: AbortSignal): Promise<Demo> {
    const [slack, worldline] = await Promise.all([
      startSlackSimulator(),
      startWorldlineSimulator({ host: 'localhost' }),
    ]);
    const servers = { JETON_SLACK_API_URL: slack.url, JETON_ONEFLEX_URL: worldline.url };
    const demo = new Demo(new Stage(servers, stop), slack, worldline);
    try {
      await demo.#fill();
      return demo;
    } catch (error) {
      await demo.dispose();
      throw error;
    }
  }

  get home(): string {
    return this.#stage.home;
  }

  get env(): Readonly<Record<string, string | undefined>> {
    // The application's language is the desktop's, not the terminal's.
    return Object.fromEntries(
      Object.entries(this.#stage.env).filter(([name]) => !/^(?:LANG|LC_)/.test(name)),
    );
  }

  /** Who the person is that can sign in. */
  get howTo(): string {
    const { email, password, code } = this.#worldline.employee;
    return `\nTo sign in to the simulated OneFlex: ${email}, ${password}, code ${code}.\n`;
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#slack.stop(), this.#worldline.stop(), this.#bot.dispose()]);
    this.#stage.dispose();
  }

  async #fill(): Promise<void> {
    await this.#add('Deploy notices', FULL_LIFE_SECONDS);
    await this.#add('Stand-up reminders', SHORT_LIFE_SECONDS);
    const revoked = await this.#add('Incident room', SHORT_LIFE_SECONDS);
    await this.#add('Old experiments', FULL_LIFE_SECONDS);
    this.#slack.revoke(revoked);
    this.#slack.setAccessTokenSeconds(FULL_LIFE_SECONDS);
    // What would not live until the next run is renewed now.
    await this.#stage.show('config set schedule.everyMinutes 240');
    await this.#stage.show('slack refresh', { exits: PERSON_NEEDED });
    await this.#stage.show('slack pause local:4');
    const { port } = new URL(this.#worldline.url);
    await this.#stage.show(`config set oneflex.signInHosts sso.localhost:${port},login.localhost:${port}`);
    const { accessToken, refreshToken } = await signInOverHttp(this.#worldline, this.#worldline.employee);
    await this.#stage.show('oneflex login --paste', { input: `${accessToken}\n${refreshToken}\n` });
    await this.#stage.show(`target add third-floor --dir ${this.#bot.dir}`);
    // Without Docker the file is written, and a restart owed.
    await this.#stage.show('export third-floor', { exits: [0, 1, 69] });
  }

  async #add(name: string, accessTokenSeconds: number): Promise<string> {
    this.#slack.setAccessTokenSeconds(accessTokenSeconds);
    const { label, clientId, clientSecret, refreshToken } = this.#slack.issueChain({
      client: this.#slack.issueClient(),
    });
    await this.#stage.show(['slack', 'add', '--name', name, '--client-id', clientId], {
      env: { JETON_SLACK_CLIENT_SECRET: clientSecret, JETON_SLACK_REFRESH_TOKEN: refreshToken },
    });
    return label;
  }
}
