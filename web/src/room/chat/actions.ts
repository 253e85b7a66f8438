// What people do with messages that are there. The change comes back over the socket, as everyone gets it.
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import {
  ChatService,
  MediaService,
  MemberService,
  ModerationService,
  ReactionService,
  RoomService,
} from '../../api/gen/services';
import { newId } from '../../api/ids';
import type { Rpc } from '../../api/rpc';
import { chat } from '../slices/chat';
import type { RoomStore } from '../store';
import type { Mention } from './mentions';
import type { Message } from './message';

export interface ActionDeps {
  roomId: string;
  store: RoomStore;
  /** Says to the person what happened. */
  tell(message: string): void;
  /** Opens why a permission is missing. Returns false for other errors. */
  refused(error: unknown): boolean;
  /** Default: over HTTP. */
  call?<Input extends object, Output>(rpc: Rpc<Input, Output>, input: Input): Promise<Output>;
}

export class ChatActions {
  constructor(private readonly deps: ActionDeps) {}

  /** Returns whether the server took the new text. */
  edit(messageId: string, text: string, mentions: readonly Mention[]): Promise<boolean> {
    return this.done(ChatService.editMessage, { room: this.room, messageId, text, mentions: [...mentions] });
  }

  remove(messageId: string): Promise<boolean> {
    return this.done(ChatService.deleteMessage, { room: this.room, messageId });
  }

  /** Adds one's reaction, or takes it back. */
  react(messageId: string, key: string): Promise<boolean> {
    const message = chat.select.message(this.deps.store.getState(), messageId);
    const isMine = message?.reactions.some((reaction) => reaction.key === key && reaction.isMine) === true;
    return this.done(isMine ? ChatService.removeReaction : ChatService.addReaction, {
      room: this.room,
      messageId,
      key,
    });
  }

  /** A reaction that rises over everyone's film. */
  float(key: string): Promise<boolean> {
    return this.done(ReactionService.float, { room: this.room, key });
  }

  pin({ id, isPinned }: Message): Promise<boolean> {
    return this.done(isPinned ? ChatService.unpinMessage : ChatService.pinMessage, { room: this.room, messageId: id });
  }

  async report(messageId: string, note: string): Promise<boolean> {
    const done = await this.done(ModerationService.reportMessage, { room: this.room, messageId, note });
    if (done) this.deps.tell('Reported. The moderators of this room see it now.');
    return done;
  }

  closeReport(reportId: string): Promise<boolean> {
    return this.done(ModerationService.closeReport, { room: this.room, reportId });
  }

  /** `image`: base64. Replaces the emote of that name. */
  putEmote(name: string, image: string): Promise<boolean> {
    return this.done(ModerationService.putEmote, { room: this.room, name, image });
  }

  removeEmote(name: string): Promise<boolean> {
    return this.done(ModerationService.deleteEmote, { room: this.room, name });
  }

  /** Deletes all messages of a person. */
  async clear(subjectId: string, name: string): Promise<boolean> {
    const done = await this.done(ModerationService.clearMessages, { room: this.room, subjectId });
    if (done) this.deps.tell(`All messages of ${name} are deleted.`);
    return done;
  }

  /** 0 seconds ends a mute. */
  mute(subjectId: string, seconds: number): Promise<boolean> {
    return this.done(MemberService.updateMember, {
      room: this.room,
      subjectId,
      muteSeconds: seconds,
      updateMask: 'muteSeconds',
    });
  }

  setSlowMode(seconds: number): Promise<boolean> {
    return this.done(RoomService.updateRoom, {
      room: this.room,
      chat: { slowModeSeconds: seconds },
      updateMask: 'chat.slowModeSeconds',
    });
  }

  /** Adds a link to what plays next. */
  async addToQueue(url: string): Promise<boolean> {
    const done = await this.done(MediaService.addItem, { room: this.room, url, requestId: newId() });
    if (done) this.deps.tell('Added to Up next.');
    return done;
  }

  private async done<Input extends object>(rpc: Rpc<Input, unknown>, input: Input): Promise<boolean> {
    try {
      await (this.deps.call ? this.deps.call(rpc, input) : call(rpc, input));
      return true;
    } catch (error) {
      if (!this.deps.refused(error)) this.deps.tell(explain(error));
      return false;
    }
  }

  private get room(): string {
    return this.deps.roomId;
  }
}
